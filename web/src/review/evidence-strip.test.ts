import { expect, test } from 'vitest';
import type { EvidencePiece } from './evidence-strip.ts';
import { toggleClip } from './evidence-strip.ts';

const still = { kind: 'still' } as EvidencePiece;
const clip = { kind: 'clip' } as EvidencePiece;

test.each([
  [[still, still, still, clip, clip], 0, 3],
  [[still, still, still, clip, clip], 2, 3],
  [[still, still, still, clip, clip], 3, 4],
  [[still, still, still, clip, clip], 4, 0],
  [[still, still], 1, 0],
  [[], 0, 0],
])('from piece %# on, C leads on', (pieces, index, expected) => {
  expect(toggleClip(pieces, index)).toBe(expected);
});
