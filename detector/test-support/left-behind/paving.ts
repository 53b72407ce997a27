import { type Canvas, toRandom } from '../disturb.ts';

/** Paving of our own making: slabs with joints in perspective, each a little lighter or darker, grain, stains and a kerb. */
export function drawPaving(seed: number, width: number, height: number): Canvas {
  const random = toRandom(seed);
  const values = new Float32Array(width * height * 3);
  const base = 90 + 90 * random();
  const hue = [1 + 0.12 * (random() - 0.3), 1, 1 - 0.2 * (random() - 0.2)];
  const slab = 0.35 + 0.6 * random();
  const aspect = 0.5 + 1.5 * random();
  const joint = 0.03 + 0.05 * random();
  const [jointTone, slabSpread, grain] = [
    0.6 + 0.3 * random(),
    0.05 + 0.15 * random(),
    0.03 + 0.08 * random(),
  ];
  const [turn, horizon] = [random() * Math.PI, 0.4 + 1.2 * random()];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const tones = Array.from({ length: 1024 }, () => 1 + slabSpread * (2 * random() - 1));
  const stains = Array.from(
    { length: 8 },
    () => [random() * width, random() * height, 8 + 50 * random()] as const,
  );
  for (let y = 0; y < height; y++) {
    const depth = 2 / (y / height + horizon);
    for (let x = 0; x < width; x++) {
      const [px, py] = [(x / width - 0.5) * depth * 4, depth * 5];
      const u = (px * cos - py * sin) / slab;
      const v = (px * sin + py * cos) / (slab * aspect);
      const row = Math.floor(v);
      const column = Math.floor(u + (row & 1) / 2);
      const fromJoint = Math.min(toGap(u + (row & 1) / 2), toGap(v) * aspect);
      let tone = tones[(((column * 31) ^ (row * 17)) & 1023) >>> 0] as number;
      if (fromJoint < joint) tone *= jointTone;
      for (const [sx, sy, radius] of stains) {
        const d = Math.hypot(x - sx, 1.6 * (y - sy)) / radius;
        if (d < 1) tone *= 1 - 0.15 * (1 - d);
      }
      tone *= 1 + grain * (random() + random() - 1);
      for (let c = 0; c < 3; c++) values[(y * width + x) * 3 + c] = base * tone * (hue[c] as number);
    }
  }
  return { width, height, values };
}

/** Distance to the nearest whole number. */
function toGap(value: number): number {
  const part = value - Math.floor(value);
  return Math.min(part, 1 - part);
}
