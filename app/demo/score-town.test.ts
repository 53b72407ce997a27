import { expect, test } from 'vitest';
import type { RunCandidate, RunSuppressed } from '../commands/run.ts';
import type { Truth, TruthEvent } from '../replay/read-truth.ts';
import { scoreClip, sumUp } from './score-town.ts';

const stay: TruthEvent = {
  id: 'a',
  offence: 'sidewalk_parking',
  zone: 'kerb',
  class: 'car',
  box: null,
  from: 10,
  to: 44,
};
const truth: Truth = {
  file: 'a.truth.json',
  camera: 'a',
  zones: {},
  events: [stay],
  held: [{ ...stay, id: 'b', zone: 'bay', class: 'truck', to: null, reason: 'permitted' }],
  isVehiclesOnly: false,
  durationS: 60,
};
const raised: RunCandidate = {
  id: '1',
  offence: 'sidewalk_parking',
  zone: 'kerb',
  class: 'car',
  fromS: 11,
  toS: 45,
  raisedAtS: 26,
  dwellS: 34,
  seenShare: 1,
  evidence: null,
};
const held: RunSuppressed = {
  id: '2',
  offence: 'sidewalk_parking',
  zone: 'bay',
  class: 'truck',
  fromS: 12,
  toS: null,
  reason: 'permitted',
  explanation: '',
};

test.each<[string, RunCandidate[], RunSuppressed[], string[], number, number]>([
  ['all as it is', [raised], [held], ['found', 'held'], 1, 1],
  ['a van that is called a truck', [{ ...raised, class: 'truck' }], [held], ['found', 'held'], 1, 1],
  ['nothing raised', [], [held], ['missed', 'held'], 1, 0],
  ['raised twice', [raised, { ...raised, id: '3' }], [held], ['found', 'held', 'false'], 0.5, 1],
  ['in another zone', [{ ...raised, zone: 'bay', fromS: 80 }], [], ['missed', 'not held', 'false'], 0, 0],
  ['too late', [{ ...raised, fromS: 21 }], [held], ['missed', 'held', 'false'], 0, 0],
  ['said to be there still', [{ ...raised, toS: null }], [held], ['missed', 'held', 'false'], 0, 0],
  ['held for another reason', [raised], [{ ...held, reason: 'congestion' }], ['found', 'not held'], 1, 1],
  ['a held stay raised', [raised, { ...raised, ...held }], [], ['found', 'raised'], 0.5, 1],
])('%s', (_name, candidates, suppressed, verdicts, precision, recall) => {
  const rows = scoreClip(truth, { candidates, suppressed });
  expect(rows.map(({ verdict }) => verdict)).toEqual(verdicts);
  expect(sumUp(rows)).toMatchObject({ precision, recall });
});

test('a stay that ends just before the clip does may seem to be there still', () => {
  const late = { ...truth, events: [{ ...stay, to: 52 }], held: [] };
  const rows = scoreClip(late, { candidates: [{ ...raised, toS: null }], suppressed: [] });
  expect(rows.map(({ verdict }) => verdict)).toEqual(['found']);
});

test('F1 of one found, one missed, one false', () => {
  const rows = scoreClip(
    { ...truth, events: [stay, { ...stay, zone: 'other' }], held: [] },
    { candidates: [raised, { ...raised, id: '3' }], suppressed: [] },
  );
  expect(sumUp(rows)).toEqual({ precision: 0.5, recall: 0.5, f1: 0.5 });
});
