import { open } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import type { Box } from '../../../domain/mod.ts';
import { findFixture } from '../../../test/support/fixtures.ts';
import { toRandom } from '../disturb.ts';
import { readStreetClip } from '../street-clip.ts';
import { drawPaving } from './paving.ts';

export const pixelWidth = 416;
export const pixelHeight = 234;

/** What lies there before anything comes: one still, or pictures of a street in use. Real ones are read from the fixtures at run time. */
export interface Ground {
  readonly name: string;
  readonly pictures: readonly Uint8Array[];
}

const size = pixelWidth * pixelHeight * 3;

/** The ground of that seed: real pavement from two clips and from stills of street cameras, or paving of our own. */
export function readGround(seed: number): Promise<Ground> {
  const known = grounds.get(seed);
  if (known !== undefined) return known;
  const ground = openGround(seed);
  grounds.clear(); // one scene is looked at at a time
  grounds.set(seed, ground);
  return ground;
}

const grounds = new Map<number, Promise<Ground>>();

async function openGround(seed: number): Promise<Ground> {
  const random = toRandom(seed * 7919 + 1);
  const kind = seed % 5;
  const [kerb, park, stills] = [
    findFixture('footage/kerb-van.mp4'),
    findFixture('footage/car-park-lane.mp4'),
    findFixture('street-train.tar'),
  ];
  if (kind <= 1 && stills !== null) {
    const still = await readStill(stills, random);
    if (still !== null) return { name: 'a street still', pictures: [await cropStill(still, random)] };
  }
  if (kind === 2 && kerb !== null)
    return { name: 'kerb pavement', pictures: [await cropClip(kerb, kerbParts, random)] };
  if (kind === 3 && park !== null)
    return { name: 'car park', pictures: [await cropClip(park, parkParts, random)] };
  const canvas = drawPaving(seed, pixelWidth, pixelHeight);
  return {
    name: 'paving',
    pictures: [Uint8Array.from(canvas.values, (v) => Math.max(0, Math.min(255, Math.round(v))))],
  };
}

const kerbParts: readonly Box[] = [
  [0.1, 0.5, 0.5, 0.9],
  [0.35, 0.45, 0.8, 0.95],
  [0.8, 0.45, 1, 0.9],
  [0, 0.35, 1, 1],
];
const parkParts: readonly Box[] = [
  [0, 0, 1, 1],
  [0.05, 0.1, 0.6, 0.7],
];

const [clipWidth, clipHeight] = [832, 468];
const stills = new Map<string, Promise<Buffer>>();

/** A part of a clip's still ground. */
async function cropClip(file: string, parts: readonly Box[], random: () => number): Promise<Uint8Array> {
  const still = stills.get(file) ?? readMedian(file);
  stills.set(file, still);
  const raw = { width: clipWidth, height: clipHeight, channels: 3 } as const;
  const part = parts[Math.floor(random() * parts.length)] as Box;
  return crop(sharp(await still, { raw }), clipWidth, clipHeight, part);
}

/** The median of pictures from all over the clip: traffic is gone. */
async function readMedian(file: string): Promise<Buffer> {
  const [width, height] = [clipWidth, clipHeight];
  const clip = await readStreetClip(file, {
    pixelWidth: width,
    pixelHeight: height,
    perSecond: 0.5,
    maxPictures: 15,
  });
  const { pictures } = clip;
  const median = Buffer.alloc(width * height * 3);
  for (let i = 0; i < median.length; i++) {
    const values = Uint8Array.from(pictures, (picture) => picture[i] as number);
    median[i] = values.toSorted()[pictures.length >> 1] as number;
  }
  return median;
}

async function cropStill(still: Buffer, random: () => number): Promise<Uint8Array> {
  const { width, height } = await sharp(still).metadata();
  const part = 0.5 + 0.5 * random();
  const left = random() * (1 - part);
  return crop(sharp(still), width, height, [left, Math.max(0, 1 - part), left + part, 1]);
}

async function crop(from: Sharp, width: number, height: number, [x1, y1, x2, y2]: Box): Promise<Uint8Array> {
  const data = await from
    .extract({
      left: Math.round(x1 * width),
      top: Math.round(y1 * height),
      width: Math.floor((x2 - x1) * width),
      height: Math.floor((y2 - y1) * height),
    })
    .resize(pixelWidth, pixelHeight, { fit: 'cover' })
    .removeAlpha()
    .raw()
    .toBuffer();
  if (data.length !== size) throw new Error(`a ground of ${data.length} bytes instead of ${size}`);
  return data;
}

/** One of the street cameras' pictures in the tape archive, read where it lies. */
async function readStill(file: string, random: () => number): Promise<Buffer | null> {
  const entries = await (stillIndex ??= listStills(file));
  const entry = entries[Math.floor(random() * entries.length)];
  if (entry === undefined) return null;
  const tape = await open(file);
  try {
    const bytes = Buffer.alloc(entry.bytes);
    await tape.read(bytes, 0, entry.bytes, entry.at);
    return bytes;
  } finally {
    await tape.close();
  }
}

interface TapeEntry {
  readonly at: number;
  readonly bytes: number;
}
let stillIndex: Promise<TapeEntry[]> | null = null;

async function listStills(file: string): Promise<TapeEntry[]> {
  const tape = await open(file);
  const header = Buffer.alloc(512);
  const found: TapeEntry[] = [];
  try {
    for (let at = 0; ; ) {
      const { bytesRead } = await tape.read(header, 0, 512, at);
      const name = header.toString('latin1', 0, 100).split('\0', 1)[0] ?? '';
      if (bytesRead < 512 || name === '') return found;
      const bytes = Number.parseInt(header.toString('latin1', 124, 136), 8);
      if (name.startsWith('images/road-')) found.push({ at: at + 512, bytes });
      at += 512 + Math.ceil(bytes / 512) * 512;
    }
  } finally {
    await tape.close();
  }
}
