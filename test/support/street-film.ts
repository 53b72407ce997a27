import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Box, ObjectClass } from '../../domain/mod.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import type { Actor } from '../../rules/test-support/street.ts';

/** Colours that survive coding and are told apart by their hue; the street is grey. */
export const palette: readonly (readonly [number, number, number])[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [0, 255, 255],
  [255, 0, 255],
  [255, 255, 0],
  [255, 128, 0],
  [0, 255, 128],
  [128, 0, 255],
  [128, 255, 0],
  [0, 128, 255],
  [255, 0, 128],
];

export const filmWidth = 320;
export const filmHeight = 180;
const pixels = filmWidth * filmHeight;
const encoder = 'ffmpeg';

/** What a colour of the palette stands for between two seconds of the film. */
export interface Costume {
  readonly colour: number;
  readonly class: ObjectClass;
  readonly score: number;
  readonly fromS: number;
  readonly toS: number;
}

export interface StreetFilm {
  readonly actors: readonly Actor[];
  /** Seconds of the film at which a picture is taken, rising. */
  readonly times: readonly number[];
  /** How far the camera has turned, in picture sizes. */
  readonly turn?: (seconds: number) => readonly [x: number, y: number];
  /** Strength of the light, 1 by day. */
  readonly light?: (seconds: number) => number;
}

/** Gives each actor a colour that no other wears within ten seconds of it. Throws when there are too many at once. */
export function dress({ actors, times }: StreetFilm): Costume[] {
  const costumes: Costume[] = [];
  for (const actor of actors) {
    const shown = times.filter((s) => actor.at(s) !== null);
    const [fromS, toS] = [shown[0], shown.at(-1)];
    if (fromS === undefined || toS === undefined) continue;
    const colour = palette.findIndex((_, index) =>
      costumes.every((one) => one.colour !== index || one.toS + 10 < fromS || one.fromS - 10 > toS),
    );
    if (colour < 0) throw new Error(`more than ${palette.length} actors at once at ${fromS} s`);
    costumes.push({ colour, class: actor.class, score: actor.score, fromS, toS });
  }
  return costumes;
}

/** Paints and encodes a film, a keyframe every `gop` pictures. Its actors are flat rectangles, the nearer before the farther. */
export async function shootFilm(film: StreetFilm, file: string, gop: number): Promise<void> {
  const costumes = dress(film);
  const cast = film.actors.filter((actor) => film.times.some((s) => actor.at(s) !== null));
  const output = `-vf settb=1/1000,setpts=${toPts(film.times)} -fps_mode passthrough -enc_time_base 1/1000`;
  const coding = `-c:v libx264 -preset ultrafast -threads 1 -crf 14 -pix_fmt yuv420p -g ${gop} -sc_threshold 0`;
  const input = `-hide_banner -loglevel error -y -f rawvideo -pix_fmt rgb24 -s ${filmWidth}x${filmHeight} -r 1000 -i -`;
  const args = `${input} ${output} ${coding}`.split(' ');
  const ffmpeg = spawn(encoder, [...args, file], { stdio: ['pipe', 'ignore', 'inherit'] });
  const exited = once(ffmpeg, 'exit');
  const street = paintStreet();
  const noise = createNoise();
  for (const [index, s] of film.times.entries()) {
    const present = cast
      .flatMap((actor, number) => {
        const box = actor.at(s);
        return box === null ? [] : [{ box, colour: palette[costumes[number]?.colour ?? 0] ?? [0, 0, 0] }];
      })
      .toSorted((a, b) => a.box[3] - b.box[3]);
    const turn = film.turn?.(s) ?? [0, 0];
    const picture = lookAround(street, turn);
    for (const { box, colour } of present) paintBox(picture, box, colour, turn);
    expose(picture, film.light?.(s) ?? 1, noise, index);
    if (!ffmpeg.stdin.write(picture)) await once(ffmpeg.stdin, 'drain');
  }
  ffmpeg.stdin.end();
  const [code] = (await exited) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code} while it made ${file}`);
}

/** ffmpeg's expression for the pictures' times in milliseconds: even steps, and a sum of the pauses between them. */
function toPts(times: readonly number[]): string {
  const ms = times.map((s) => Math.round(s * 1000));
  const stepMs = (ms[1] ?? 0) - (ms[0] ?? 0);
  const pauses = ms.flatMap((at, index) => {
    const extra = index === 0 ? at : at - (ms[index - 1] ?? 0) - stepMs;
    return extra === 0 ? [] : [`+gte(N\\,${index})*${extra}`];
  });
  return `N*${stepMs}${pauses.join('')}`;
}

/** Grey paving with joints and stones of different brightness, twice as large as the picture on each side. */
function paintStreet(): Uint8Array {
  const random = createRandom(11);
  const [columns, rows] = [2 * filmWidth, 2 * filmHeight];
  const street = new Uint8Array(columns * rows);
  const stones = Array.from({ length: 80 * 80 }, () => 95 + Math.floor(70 * random()));
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const row = Math.floor(y / 14);
      const shifted = x + 9 * (row % 3);
      const isJoint = y % 14 === 0 || shifted % 23 === 0;
      const stone = stones[(row % 80) * 80 + (Math.floor(shifted / 23) % 80)] ?? 120;
      street[y * columns + x] = (isJoint ? 60 : stone) + Math.floor(10 * random());
    }
  return street;
}

function lookAround(street: Uint8Array, turn: readonly [number, number]): Uint8Array {
  const picture = new Uint8Array(pixels * 3);
  const left = Math.round((0.5 + turn[0]) * filmWidth);
  const top = Math.round((0.5 + turn[1]) * filmHeight);
  for (let y = 0, at = 0; y < filmHeight; y++)
    for (let x = 0; x < filmWidth; x++, at += 3) {
      const level = street[(top + y) * 2 * filmWidth + left + x] ?? 0;
      picture[at] = level;
      picture[at + 1] = level;
      picture[at + 2] = level;
    }
  return picture;
}

function paintBox(
  picture: Uint8Array,
  box: Box,
  colour: readonly number[],
  turn: readonly [number, number],
): void {
  const toEdge = (at: number, size: number) => Math.max(0, Math.min(size, Math.round(at * size)));
  const right = toEdge(box[2] - turn[0], filmWidth);
  const bottom = toEdge(box[3] - turn[1], filmHeight);
  for (let y = toEdge(box[1] - turn[1], filmHeight); y < bottom; y++)
    for (let x = toEdge(box[0] - turn[0], filmWidth); x < right; x++)
      picture.set(colour, (y * filmWidth + x) * 3);
}

/** Light and the sensor's noise: a picture that repeats itself to the bit comes from a camera that hangs. */
function expose(picture: Uint8Array, light: number, noise: Int8Array, index: number): void {
  const start = (index * 7919) % pixels;
  for (let at = 0, i = start; at < picture.length; at += 3, i = i + 1 === pixels ? 0 : i + 1) {
    const add = noise[i] ?? 0;
    for (let c = at; c < at + 3; c++)
      picture[c] = Math.max(0, Math.min(255, (picture[c] ?? 0) * light + add));
  }
}

function createNoise(): Int8Array {
  const random = createRandom(23);
  return Int8Array.from({ length: pixels }, () => Math.round(3 * (random() + random() - 1)));
}
