import { expect, test } from 'vitest';
import { createCopyWatch } from './copy-watch.ts';
import { readKeyHead } from './key-head.ts';

/** NAL units as MP4 holds them. */
const pack = (...nals: readonly (readonly number[])[]): Buffer =>
  Buffer.concat(nals.map((nal) => Buffer.from([0, 0, 0, nal.length, ...nal])));
const sps = (level: number): number[] => [0x67, 0x64, 0, level, 0xac];
const pps = [0x68, 0xee, 0x3c];
const picture = [0x65, 0x88, 0x84];
const key = (level: number): Buffer => pack([0x09, 0x10], [0x06, 5, 1], sps(level), pps, picture);

const limit = 4096;

test.each([
  { name: 'H.264, behind delimiter and remarks', codec: 'h264', head: key(11), found: sps(11) },
  { name: 'H.264, of which the description alone tells', codec: 'h264', head: pack(picture), found: null },
  {
    name: 'H.264, nothing looked for behind the picture',
    codec: 'h264',
    head: pack(picture, sps(11)),
    found: null,
  },
  {
    name: 'H.264, behind what its maker adds',
    codec: 'h264',
    head: pack([0x1e, 1], sps(11), picture),
    found: sps(11),
  },
  {
    name: 'H.265, behind the video parameter set',
    codec: 'hevc',
    head: pack([0x40, 1, 12], [0x42, 1, 1, 1, 96], [0x44, 1, 193], [0x26, 1, 175]),
    found: [0x42, 1, 1, 1, 96],
  },
  {
    name: 'H.265, of which the description alone tells',
    codec: 'hevc',
    head: pack([0x26, 1, 175]),
    found: null,
  },
  { name: 'another codec', codec: 'mjpeg', head: key(11), found: null },
])('$name', ({ codec, head, found }) => {
  const parameters = found === null ? null : Buffer.from(found);
  expect(readKeyHead(head, codec, limit)).toEqual({ parameters, isPicture: true });
});

test.each([
  {
    name: 'H.265 as H.264',
    codec: 'h264',
    head: pack([0x40, 1, 12], [0x42, 1, 1], [0x44, 1, 193], [0x26, 1, 175]),
  },
  { name: 'H.264 as H.265', codec: 'hevc', head: pack([0x67, 0x64, 0], pps, picture) },
  { name: 'parameters alone', codec: 'h264', head: pack(sps(11), pps) },
  { name: 'nothing', codec: 'h264', head: Buffer.alloc(0) },
  { name: 'a length beyond all bounds', codec: 'h264', head: Buffer.from('ffffffff6764000b', 'hex') },
])('no picture: $name', ({ codec, head }) => {
  expect(readKeyHead(head, codec, limit).isPicture).toBe(false);
});

test('a picture that is not in sight behind long remarks is taken for one', () => {
  const head = Buffer.concat([pack(sps(11)), Buffer.from([0, 0, 0x20, 0, 6]), Buffer.alloc(limit)]).subarray(
    0,
    limit,
  );
  expect(readKeyHead(head, 'h264', limit)).toEqual({ parameters: Buffer.from(sps(11)), isPicture: true });
});

test('parameters that are new in two keyframes are a change, from the first of them on', () => {
  const watch = createCopyWatch();
  expect(watch.noteKeyframe(0, key(11), 'h264')).toBeNull();
  expect(watch.noteKeyframe(1000, key(12), 'h264')).toBeNull();
  expect(watch.noteKeyframe(2000, key(12), 'h264')).toMatchObject({ kind: 'changed', changedAtRawMs: 1000 });
});

test('damage is no change: neither one keyframe, nor one after the other, each of its own', () => {
  const watch = createCopyWatch();
  for (const [i, level] of [11, 12, 11, 13, 14, 15, 11, 12, 11].entries())
    expect(watch.noteKeyframe(i * 1000, key(level), 'h264')).toBeNull();
});

test('a stream without keyframes is of no use as a recording', () => {
  const watch = createCopyWatch();
  for (const rawMs of [-2000, 0]) watch.noteKeyframe(rawMs, key(11), 'h264');
  expect(watch.noteEdge(15_000)).toBeNull();
  // What is called a keyframe and is none does not count.
  watch.noteKeyframe(15_400, pack([0x40, 1, 12]), 'h264');
  expect(watch.noteEdge(15_500)).toMatchObject({
    kind: 'lost',
    reason: expect.stringMatching(/^no keyframe for 16 s/),
  });
});

test('keyframes that are far apart are waited for, and longer still as long as nobody knows how far', () => {
  const watch = createCopyWatch();
  for (const rawMs of [-10_000, 0]) watch.noteKeyframe(rawMs, key(11), 'h264');
  expect(watch.noteEdge(29_000)).toBeNull();
  expect(watch.noteEdge(31_000)).not.toBeNull();
  expect(createCopyWatch().noteEdge(0)).toBeNull();
  const first = createCopyWatch();
  first.noteKeyframe(0, key(11), 'h264');
  expect(first.noteEdge(179_000)).toBeNull();
  expect(first.noteEdge(181_000)).not.toBeNull();
});
