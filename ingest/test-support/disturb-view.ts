/** Pictures with the faults and the weather that a street camera meets, made from a real picture. All return new RGB24 pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Rgb = Uint8Array;

/** Pseudo-random numbers 0-1 that are the same each time (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Another value for each byte, by value, index and what is rounded and kept within 0-255. */
export function mapLevels(rgb: Rgb, toLevel: (value: number, index: number) => number): Rgb {
  const changed = new Uint8Array(rgb.length);
  for (let at = 0; at < rgb.length; at++)
    changed[at] = Math.max(0, Math.min(255, Math.round(toLevel(rgb[at] as number, at))));
  return changed;
}

/** Normal noise, the same in all three colours of a pixel, as after a camera's own colour filter. */
export function addNoise(rgb: Rgb, sigma: number, random: () => number): Rgb {
  const changed = new Uint8ClampedArray(rgb.length);
  for (let at = 0, place = 0; at < rgb.length; at += 3) {
    // Runs of a fixed table from places taken at random: real normal noise for each pixel would take longer than all else.
    if (at % 96 === 0) place = Math.floor(random() * (normals.length - 32));
    const noise = sigma * (normals[place++] as number);
    changed[at] = (rgb[at] as number) + noise;
    changed[at + 1] = (rgb[at + 1] as number) + noise;
    changed[at + 2] = (rgb[at + 2] as number) + noise;
  }
  return new Uint8Array(changed.buffer);
}

const normals = makeNormals();

function makeNormals(): Float32Array {
  const random = createRandom(7);
  return Float32Array.from(
    { length: 1 << 16 },
    () => Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random()),
  );
}

/** Out of focus: a Gaussian blur, sigma in pixels. */
export function defocus(rgb: Rgb, { width, height }: Size, sigma: number): Rgb {
  const radius = Math.ceil(sigma * 3);
  const weights = Float32Array.from({ length: 2 * radius + 1 }, (_, at) =>
    Math.exp(-((at - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const rows = new Float32Array(rgb.length);
  const blurred = new Uint8Array(rgb.length);
  const smear = (from: ArrayLike<number>, x: number, y: number, colour: number, isDown: boolean): number => {
    let sum = 0;
    for (let at = -radius; at <= radius; at++) {
      const column = isDown ? x : Math.max(0, Math.min(width - 1, x + at));
      const row = isDown ? Math.max(0, Math.min(height - 1, y + at)) : y;
      sum += (weights[at + radius] as number) * (from[(row * width + column) * 3 + colour] as number);
    }
    return sum / total;
  };
  for (const isDown of [false, true])
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++)
        for (let colour = 0; colour < 3; colour++) {
          const at = (y * width + x) * 3 + colour;
          if (isDown) blurred[at] = Math.round(smear(rows, x, y, colour, true));
          else rows[at] = smear(rgb, x, y, colour, false);
        }
  return blurred;
}

/** Where a camera looks: pan and tilt in widths of the picture that is shown, to the right and down. */
export interface Aim {
  readonly pan?: number;
  readonly tilt?: number;
  readonly zoom?: number;
  /** Clockwise turn of the camera, radians. */
  readonly roll?: number;
}

/** A middle part of the picture is shown, so that a camera that turns sees what is really there. */
const shownShare = 0.78;

export function aimCamera(rgb: Rgb, { width, height }: Size, aim: Aim): Rgb {
  const { pan = 0, tilt = 0, zoom = 1, roll = 0 } = aim;
  const shown = new Uint8Array(rgb.length);
  const cos = Math.cos(roll);
  const sin = Math.sin(roll);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const right = ((x - width / 2) * shownShare) / zoom;
      const down = ((y - height / 2) * shownShare) / zoom;
      const fromX = width / 2 + cos * right - sin * down + pan * width * shownShare;
      const fromY = height / 2 + sin * right + cos * down + tilt * width * shownShare;
      const left = Math.max(0, Math.min(width - 2, Math.floor(fromX)));
      const top = Math.max(0, Math.min(height - 2, Math.floor(fromY)));
      const partX = Math.max(0, Math.min(1, fromX - left));
      const partY = Math.max(0, Math.min(1, fromY - top));
      for (let colour = 0; colour < 3; colour++) {
        const at = (top * width + left) * 3 + colour;
        const below = at + width * 3;
        const upper = (rgb[at] as number) * (1 - partX) + (rgb[at + 3] as number) * partX;
        const lower = (rgb[below] as number) * (1 - partX) + (rgb[below + 3] as number) * partX;
        shown[(y * width + x) * 3 + colour] = Math.round(upper * (1 - partY) + lower * partY);
      }
    }
  return shown;
}

/** A lamp with its glow at (x, y) of 0-1. Changes the pixels that it is given. */
function lightLamp(rgb: Rgb, { width, height }: Size, x: number, y: number, radius: number): void {
  const reach = Math.ceil(radius * 8);
  const [midX, midY] = [Math.round(x * width), Math.round(y * height)];
  for (let row = Math.max(0, midY - reach); row < Math.min(height, midY + reach); row++)
    for (let column = Math.max(0, midX - reach); column < Math.min(width, midX + reach); column++) {
      const square = ((column - midX) ** 2 + (row - midY) ** 2) / (radius * radius);
      const light = 250 * Math.exp(-square / 2) + 90 * Math.exp(-square / 16);
      for (let colour = 0; colour < 3; colour++) {
        const at = (row * width + column) * 3 + colour;
        rgb[at] = Math.min(255, (rgb[at] as number) + light);
      }
    }
}

export interface Night {
  /** Brightness that is left of white. */
  readonly gain?: number;
  readonly gamma?: number;
  /** Noise of the sensor, grey levels. */
  readonly sigma?: number;
  readonly lamps?: boolean;
  /** By how much the camera has turned from where the lamps are placed, widths of the picture to the right. */
  readonly pan?: number;
  /** Infrared: no colours. */
  readonly isGrey?: boolean;
}

export function makeNight(rgb: Rgb, size: Size, random: () => number, night: Night = {}): Rgb {
  const { gain = 0.35, gamma = 1.6, sigma = 5, lamps = true, pan = 0, isGrey = false } = night;
  const dark = mapLevels(rgb, (value) => 255 * gain * (value / 255) ** gamma);
  if (isGrey) for (let at = 0; at < dark.length; at += 3) dark.fill(dark[at + 1] as number, at, at + 3);
  if (lamps)
    for (const [x, y, radius] of [
      [0.2, 0.25, 9],
      [0.7, 0.2, 7],
      [0.45, 0.35, 5],
    ] as const)
      lightLamp(dark, size, x - pan, y, radius);
  return addNoise(dark, sigma, random);
}

/** Bright streaks on a paler picture. */
export function makeRain(rgb: Rgb, { width, height }: Size, streaks: number, random: () => number): Rgb {
  const wet = mapLevels(rgb, (value) => 0.75 * value + 40);
  for (let streak = 0; streak < streaks; streak++) {
    const [x, y, length] = [random() * width, random() * height, 8 + random() * 22];
    const [slant, light] = [0.15 + random() * 0.15, 40 + random() * 50];
    for (let step = 0; step < length; step++) {
      const [column, row] = [Math.round(x + slant * step), Math.round(y + step)];
      if (column >= width || row >= height) break;
      for (let colour = 0; colour < 3; colour++) {
        const at = (row * width + column) * 3 + colour;
        wet[at] = Math.min(255, (wet[at] as number) + light);
      }
    }
  }
  return wet;
}

/** A lorry's side with ribs and panels, from `left` on and `share` of the width wide. */
export function addLorry(rgb: Rgb, { width, height }: Size, left: number, share: number): Rgb {
  const changed = rgb.slice();
  const begin = Math.round(left * width);
  const end = Math.min(width, Math.round((left + share) * width));
  for (let y = Math.round(0.08 * height); y < height; y++)
    for (let x = Math.max(0, begin); x < end; x++) {
      const along = x - begin;
      const panel = (Math.floor(along / 40) + Math.floor(y / 50)) % 2 === 0 ? 0 : 30;
      const level = 90 + 40 * Math.sin(along / 9) + (y % 37 < 3 ? 50 : 0) + panel;
      for (let colour = 0; colour < 3; colour++)
        changed[(y * width + x) * 3 + colour] = Math.max(0, Math.min(255, level + (colour - 1) * 12));
    }
  return changed;
}

/** Two headlights at `x` of 0-1, into the lens. */
export function addHeadlights(rgb: Rgb, size: Size, x: number): Rgb {
  const changed = rgb.slice();
  lightLamp(changed, size, x, 0.65, 24);
  lightLamp(changed, size, x + 0.09, 0.65, 24);
  return changed;
}

/** Fog: `density` 0-1 of what is seen is its grey. */
export function addFog(rgb: Rgb, density: number): Rgb {
  return mapLevels(rgb, (value) => value * (1 - density) + 200 * density);
}

/** A clock at the top left whose digits change with the second. */
export function addClock(rgb: Rgb, { width }: Size, second: number): Rgb {
  const changed = rgb.slice();
  for (let y = 8; y < 20; y++)
    for (let x = 12; x < 120; x++)
      if (((x >> 3) + second) % 3 === 0) changed.fill(250, (y * width + x) * 3, (y * width + x) * 3 + 3);
  return changed;
}

/** A player's blue screen with a line of text. */
export function makeNoSignal({ width, height }: Size): Rgb {
  const screen = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isText = Math.abs(y - height / 2) < 7 && Math.abs(x - width / 2) < 48 && (x >> 2) % 3 > 0;
      screen.set(isText ? [240, 240, 240] : [10, 20, 190], (y * width + x) * 3);
    }
  return screen;
}
