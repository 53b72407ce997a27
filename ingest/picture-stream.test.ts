import { describe, expect, test } from 'vitest';
import { createPictureStream, type Picture } from './picture-stream.ts';

const bytesPerPicture = 4 * 2 * 3;
const pause = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

function toLines(n: number): string[] {
  const head =
    n === 0
      ? (name: string) => [`[showinfo@${name} @ 0x1] config in time_base: 1/1000, frame_rate: 25/1`]
      : () => [];
  const tell = (name: string, size: string) =>
    `[showinfo@${name} @ 0x1] n:${String(n).padStart(4)} pts:${String(n * 40).padStart(7)} pts_time:0 fmt:rgb24 sar:1/1 s:${size} i:P`;
  return [...head('full'), ...head('pixels'), tell('full', '8x4'), tell('pixels', '4x2')];
}

/** Feeds pictures whose bytes all are their number; `onPicture` is called with each. */
async function feed(count: number, onPicture: (picture: Picture, n: number) => void): Promise<void> {
  let n = 0;
  const stream = createPictureStream(async (picture) => onPicture(picture, n++));
  for (let i = 0; i < count; i++) {
    for (const line of toLines(i)) stream.acceptLine(line);
    const picture = new Uint8Array(bytesPerPicture).fill(i);
    stream.bytes.write(picture.subarray(0, 7)); // in pieces, as a pipe gives them
    stream.bytes.write(picture.subarray(7));
    await pause();
  }
  stream.endLines();
  stream.bytes.end();
  expect(await stream.finished).toBeNull();
  expect(n).toBe(count);
}

describe('the memory of pictures', () => {
  test('is used again once it is released, and holds the later picture whole', async () => {
    const memory = new Set<ArrayBufferLike>();
    await feed(20, (picture, n) => {
      expect([...new Set(picture.pixels)]).toEqual([n]);
      memory.add(picture.pixels.buffer);
      picture.release();
      picture.release(); // once too often is once
    });
    expect(memory.size).toBeLessThanOrEqual(2);
  });

  test('is never taken while a picture is read', async () => {
    const held: Picture[] = [];
    await feed(20, (picture, n) => {
      held.push(picture);
      if (n % 3 === 2) held.splice(n % 2, 1)[0]?.release(); // whoever is done first, in any order
      const shown = held.map(({ pixels }) => [...new Set(pixels)]);
      expect(shown.every((bytes) => bytes.length === 1)).toBe(true);
      expect(new Set(shown.flat()).size).toBe(held.length);
    });
  });
});
