import { expect, test } from 'vitest';
import type { CandidateDetail } from '../api/types.ts';
import { listWarnings } from './warnings.ts';

const sound = {
  to: '2026-03-01T11:47:22+08:00',
  dwell: { seenMs: 300_000, bridgedMs: 12_000, unknownMs: 0 },
  clockErrorMs: 300,
  model: { name: 'some-model', sha256: '00' },
  evidence: { manifestHash: '00', sealedAt: '2026-03-01T11:47:24+08:00', keyId: '00' },
  stills: [{}],
} as unknown as CandidateDetail;

test('nothing is warned of when all is known', () => {
  expect(listWarnings(sound)).toEqual([]);
});

test.each([
  [{ evidence: null }, 'no_evidence'],
  [{ evidence: { ...sound.evidence, keyId: null } }, 'no_key'],
  [{ stills: [] }, 'no_stills'],
  [{ model: null }, 'no_model'],
  [{ clockErrorMs: null }, 'clock_unknown'],
  [{ clockErrorMs: -2_500 }, 'clock_off'],
  [{ dwell: { ...sound.dwell, unknownMs: 1 } }, 'unknown_time'],
  [{ to: null }, 'still_there'],
])('%j', (change, warning) => {
  expect(listWarnings({ ...sound, ...change } as CandidateDetail)).toEqual([warning]);
});
