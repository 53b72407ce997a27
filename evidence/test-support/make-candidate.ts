import { type CandidateFacts, type Sighting, toCandidateId } from '../../domain/mod.ts';

const startMs = Date.parse('2026-03-05T00:53:07.120Z');

/** A parked car in a 1920x1080 picture, 302 s under a rule of 300 s, its facts changed as a test needs. */
export function makeCandidate(changes: Partial<CandidateFacts> = {}): CandidateFacts {
  const toSighting = (offsetMs: number): Sighting => ({
    capturedAtMs: startMs + offsetMs,
    ptsMs: 12_000 + offsetMs,
    box: [0.4, 0.5, 0.62, 0.8],
    score: 0.87,
  });
  const first = toSighting(0);
  return {
    id: toCandidateId('gate-07', 'sidewalk_parking@near-kerb', startMs, first.box),
    camera: 'gate-07',
    ruleId: 'sidewalk_parking@near-kerb',
    offence: 'sidewalk_parking',
    zone: 'near-kerb',
    zonePolygon: [
      [0.2, 0.55],
      [0.75, 0.5],
      [1, 0.9],
      [0.1, 1],
    ],
    class: 'car',
    presentSinceMs: startMs,
    fromMs: startMs,
    toMs: null,
    lastSeenMs: startMs + 302_000,
    raisedAtMs: startMs + 300_000,
    dwellMs: 302_000,
    dwell: { seenMs: 280_000, bridgedMs: 20_000, unknownMs: 2_000 },
    samplesSeen: 141,
    samplesTaken: 151,
    longestGapMs: 14_000,
    meanScore: 0.81,
    onsetMs: 60_000,
    legalMs: 300_000,
    first,
    middle: toSighting(150_000),
    last: toSighting(302_000),
    clockErrorMs: 500,
    width: 1920,
    height: 1080,
    model: { name: 'test-model', sha256: 'ab'.repeat(32) },
    sceneVersion: 'test-1',
    suppressed: null,
    round: 1,
    repeatOf: null,
    place: null,
    attendedMs: null,
    explanation: 'near-kerb: car at rest for 5 min 2 s',
    ...changes,
  };
}
