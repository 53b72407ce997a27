import * as disturb from '../disturb.ts';

/** Changes the picture taken `s` seconds into a scene. */
export type Weather = (canvas: disturb.Canvas, s: number, random: () => number) => void;

/** Each is drawn anew for a scene's seed: where a shadow falls, how far the mast sways. All have sensor noise. */
export const weathers: Readonly<Record<string, (random: () => number) => Weather>> = {
  plain: () => () => {},
  shake: (random) => {
    const reach = 1 + 4 * random();
    return (canvas, _s, next) => disturb.shift(canvas, (next() - 0.5) * reach, (next() - 0.5) * reach);
  },
  'passing shadow': (random) => {
    const band = {
      halfWidth: 0.05 + 0.15 * random(),
      softness: 0.01 + 0.04 * random(),
      lean: random() - 0.5,
    };
    const [depth, period] = [0.4 + 0.3 * random(), 30 + 90 * random()];
    return (canvas, s) =>
      disturb.castBand(canvas, { ...band, depth, centre: -0.6 + ((s % period) / period) * 2.2 });
  },
  'resting shadow': (random) => {
    const comesS = 30 + 60 * random();
    const band = {
      halfWidth: 0.04 + 0.15 * random(),
      softness: 0.005 + 0.03 * random(),
      lean: random() - 0.5,
    };
    const [centre, depth] = [0.1 + 0.8 * random(), 0.4 + 0.3 * random()];
    const blob = { x: random(), y: random(), width: 0.05 + 0.2 * random(), height: 0.05 + 0.2 * random() };
    const blue = random() < 0.5 ? 1 : 1.1;
    const isBand = random() < 0.5;
    return (canvas, s) => {
      if (s < comesS) return;
      if (isBand) disturb.castBand(canvas, { ...band, centre, depth });
      else castBlob(canvas, blob, depth, blue);
    };
  },
  'moving leaves': (random) => {
    const spots = Array.from(
      { length: 25 },
      () => [random(), random(), 0.02 + 0.06 * random(), random() * 7] as const,
    );
    const depth = 0.5 + 0.2 * random();
    return (canvas, s) => {
      for (const [x, y, radius, phase] of spots) {
        const sway = 0.02 * Math.sin(s / 3 + phase);
        castBlob(canvas, { x: x + sway, y: y + sway / 2, width: radius, height: radius }, depth, 1);
      }
    };
  },
  rain: (random) => {
    const streaks = 100 + 250 * random();
    return (canvas, _s, next) => disturb.rain(canvas, next, streaks);
  },
  'light ramp': (random) => {
    const [from, to] = random() < 0.5 ? [0.4, 1.3] : [1.2, 0.35];
    const lengthS = 60 + 120 * random();
    return (canvas, s) => disturb.relight(canvas, from + (to - from) * Math.min(1, s / lengthS));
  },
  'exposure steps': (random) => {
    const gains = Array.from({ length: 4 }, () => 0.55 + 0.7 * random());
    return (canvas, s) => disturb.relight(canvas, gains[Math.floor(s / 25) % 4] as number);
  },
  headlights: (random) => {
    const [night, y, radius] = [0.25 + 0.2 * random(), 0.3 + 0.5 * random(), 0.08 + 0.12 * random()];
    const [strength, period] = [60 + 80 * random(), 8 + 20 * random()];
    return (canvas, s) => {
      disturb.relight(canvas, night);
      const x = ((s % period) / period) * 1.6 - 0.3;
      disturb.castLight(canvas, { x, y, radius, strength });
    };
  },
};

/** A rounded shadow, soft at its edge; `blue`: the sky's light is left in it. */
function castBlob(
  { width, height, values }: disturb.Canvas,
  blob: { x: number; y: number; width: number; height: number },
  depth: number,
  blue: number,
): void {
  const [left, right] = [Math.floor((blob.x - blob.width) * width), Math.ceil((blob.x + blob.width) * width)];
  const [top, bottom] = [
    Math.floor((blob.y - blob.height) * height),
    Math.ceil((blob.y + blob.height) * height),
  ];
  for (let y = Math.max(0, top); y < Math.min(height, bottom); y++)
    for (let x = Math.max(0, left); x < Math.min(width, right); x++) {
      const d = Math.hypot((x / width - blob.x) / blob.width, (y / height - blob.y) / blob.height);
      const part = Math.max(0, Math.min(1, (1 - d) * 6));
      for (let c = 0; c < 3; c++) {
        const i = (y * width + x) * 3 + c;
        values[i] = (values[i] as number) * (1 + (depth * (c === 2 ? blue : 1) - 1) * part);
      }
    }
}
