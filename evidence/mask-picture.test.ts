import { randomBytes } from 'node:crypto';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Box } from '../domain/mod.ts';
import { maskPicture } from './mask-picture.ts';

const width = 640;
const height = 360;
const box: Box = [0.25, 0.25, 0.5, 0.5];

/** Letters, face-like detail and plates are all of this kind: much change from one pixel to the next. */
async function drawNoise(blockPixels = 4): Promise<Buffer> {
  const columns = width / blockPixels;
  const rows = height / blockPixels;
  const bits = Buffer.from([...randomBytes(columns * rows)].map((byte) => (byte & 1) * 255));
  return sharp(bits, { raw: { width: columns, height: rows, channels: 1 } })
    .resize(width, height, { kernel: 'nearest' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}

/** As much white as black in every 4 x 4 pixels, in an order that chance decides: two such pictures are equally bright everywhere. */
async function drawBalancedNoise(): Promise<Buffer> {
  const [columns, rows] = [width / 2, height / 2];
  const bits = Buffer.alloc(columns * rows);
  const chance = randomBytes((columns / 2) * (rows / 2));
  for (let row = 0; row < rows; row += 2)
    for (let column = 0; column < columns; column += 2) {
      const [upper, lower] = [row * columns + column, (row + 1) * columns + column];
      const drawn = chance[(row / 2) * (columns / 2) + column / 2] ?? 0;
      bits[upper + (drawn & 1)] = 255;
      bits[lower + ((drawn >> 1) & 1)] = 255;
    }
  return sharp(bits, { raw: { width: columns, height: rows, channels: 1 } })
    .resize(width, height, { kernel: 'nearest' })
    .toColourspace('srgb')
    .png()
    .toBuffer();
}

async function toPixels(picture: Uint8Array): Promise<(x: number, y: number) => number> {
  const { data, info } = await sharp(picture).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x, y) => data[(y * info.width + x) * info.channels] ?? Number.NaN;
}

function listInside([x1, y1, x2, y2]: Box): [number, number][] {
  const places: [number, number][] = [];
  for (let y = Math.ceil(y1 * height); y < Math.floor(y2 * height); y++)
    for (let x = Math.ceil(x1 * width); x < Math.floor(x2 * width); x++) places.push([x, y]);
  return places;
}

describe('inside a box', () => {
  test('no edge is left: each pixel is almost its neighbour', async () => {
    const original = await drawNoise();
    const before = await toPixels(original);
    const after = await toPixels(await maskPicture(original, [box]));
    const steps = (at: typeof before) => listInside(box).map(([x, y]) => Math.abs(at(x, y) - at(x - 1, y)));
    expect(Math.max(...steps(before))).toBe(255);
    expect(Math.max(...steps(after))).toBeLessThan(12);
  });

  test('what two pictures of the same brightness show cannot be told apart', async () => {
    const [one, two] = [
      await toPixels(await maskPicture(await drawBalancedNoise(), [box])),
      await toPixels(await maskPicture(await drawBalancedNoise(), [box])),
    ];
    expect(Math.max(...listInside(box).map(([x, y]) => Math.abs(one(x, y) - two(x, y))))).toBe(0);
  });

  test.each<[string, Box]>([
    ['a face far away', [0.5, 0.5, 0.51, 0.515]],
    ['one point', [0.5, 0.5, 0.5, 0.5]],
  ])('%s is one flat patch, larger than its box', async (_, small) => {
    const after = await toPixels(await maskPicture(await drawNoise(2), [small]));
    const patch = listInside([0.5 - 4 / width, 0.5 - 4 / height, 0.5 + 4 / width, 0.5 + 4 / height]).map(
      ([x, y]) => after(x, y),
    );
    expect(Math.max(...patch) - Math.min(...patch)).toBeLessThan(48);
  });

  test('of boxes that overlap nothing is spared', async () => {
    const other: Box = [0.4, 0.4, 0.7, 0.7];
    const after = await toPixels(await maskPicture(await drawNoise(), [box, other]));
    const inside = [box, other].flatMap((one) =>
      listInside([one[0] + 0.01, one[1] + 0.01, one[2] - 0.01, one[3] - 0.01]),
    );
    // Where the one ends upon the other there is a seam, of the boxes and of nothing in them.
    const steps = inside
      .filter(([x, y]) => Math.abs(x - 0.4 * width) > 20 && Math.abs(y - 0.4 * height) > 20)
      .map(([x, y]) => Math.abs(after(x, y) - after(x - 1, y)));
    expect(Math.max(...steps)).toBeLessThan(32);
  });
});

test('outside, the picture stays as it was, at its full size', async () => {
  const original = await drawNoise(8);
  const masked = await maskPicture(original, [box]);
  expect(await sharp(masked).metadata()).toMatchObject({ format: 'jpeg', width, height });
  const [before, after] = [await toPixels(original), await toPixels(masked)];
  for (const [x, y] of [...listInside([0, 0, 1, 0.2]), ...listInside([0.55, 0, 1, 1])])
    expect(Math.abs(after(x, y) - before(x, y))).toBeLessThan(24);
});

test.each<[Box]>([[[-0.5, -0.5, 0.1, 0.1]], [[0.9, 0.9, 3, 3]], [[-1, -1, 2, 2]], [[1.2, 0.2, 1.4, 0.4]]])(
  'a box that leaves the picture is no harm: %j',
  async (outside) => {
    const masked = await maskPicture(await drawNoise(), [outside]);
    expect(await sharp(masked).metadata()).toMatchObject({ width, height });
  },
);

test('what a picture tells besides itself is gone', async () => {
  const original = await sharp(await drawNoise())
    .withExif({ IFD0: { Make: 'camera', Copyright: 'somebody' } })
    .jpeg()
    .toBuffer();
  expect((await sharp(original).metadata()).exif).toBeDefined();
  expect((await sharp(await maskPicture(original, [])).metadata()).exif).toBeUndefined();
});

test.each<[string, (picture: Sharp) => Sharp]>([
  ['grey', (picture) => picture.greyscale().png()],
  ['16 bits', (picture) => picture.toColourspace('rgb16').png()],
  ['see-through', (picture) => picture.ensureAlpha(0.5).png()],
  ['webp', (picture) => picture.webp({ lossless: true })],
])('a picture in %s is masked, too', async (_, change) => {
  const original = await change(sharp(await drawNoise())).toBuffer();
  const after = await toPixels(await maskPicture(original, [box]));
  const steps = listInside(box).map(([x, y]) => Math.abs(after(x, y) - after(x - 1, y)));
  expect(Math.max(...steps)).toBeLessThan(12);
});

test.each([[[0.5, 0.5, 0.4, 0.6]], [[0.1, Number.NaN, 0.2, 0.3]], [[0.1, 0.2, 0.3]]])(
  '%j is refused, and the message says which box',
  async (bad) => {
    await expect(maskPicture(await drawNoise(), [box, bad as unknown as Box])).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringContaining('mask box 1 '),
    });
  },
);

test('bytes that are no picture are refused', async () => {
  await expect(maskPicture(Buffer.from('<html>'), [])).rejects.toThrow(/unsupported image format/);
});
