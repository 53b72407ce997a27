import { describe, expect, test } from 'vitest';
import { type Box, toIou } from '../domain/mod.ts';
import { pass, stand, toActor } from './test-support/actors.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { createRandom } from './test-support/random.ts';
import type { Actor } from './test-support/street.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const place: Box = [0.4, 0.45, 0.52, 0.6];
const hourS = 3600;

/** A parked car whose score falls from noon to dusk and rises again, and which is not made out at all where it is lowest. */
function parkThroughTheNight(seconds: number, unseenS: number): Actor[] {
  // actors have one score each, so the ramp is one actor per ten minutes
  return Array.from({ length: seconds / 600 }, (_, i) => {
    const middle = Math.abs(i * 600 - seconds / 2) / (seconds / 2);
    const score = 0.15 + 0.65 * middle;
    const [darkFromS, darkToS] = [seconds / 2 - unseenS / 2, seconds / 2 + unseenS / 2];
    return toActor(
      (s) => (s >= i * 600 && s < (i + 1) * 600 && (s < darkFromS || s > darkToS) ? place : null),
      { score },
    );
  });
}

describe.each([1, 2, 3])('eight hours of time-lapse, seed %d', (seed) => {
  test.each([
    ['fades to a score of 0.15 and back', 0],
    ['is not made out for as long as the rule bridges', 280],
  ])('a parked car that %s is one candidate', (_name, unseenS) => {
    const seconds = 8 * hourS;
    const batches = filmStreet(parkThroughTheNight(seconds, unseenS), {
      seconds,
      stepMs: 10_000,
      seed,
      jitter: 0.03,
    });
    const rule = { onsetMs: 60_000, legalMs: 300_000, gapMs: 300_000 };
    const folded = foldBatches(batches, createScene([rule]));
    const raised = listOf(folded, 'raised');
    expect(raised.map(({ fromMs }) => fromMs)).toEqual([epochMs]);
    expect(listOf(folded, 'ended')).toEqual([]);
    const { tally } = folded.state.presences[0] ?? expect.fail('the car is still there');
    expect(tally.lastSeenMs - epochMs).toBeGreaterThan((seconds - 30) * 1000);
  });

  test('a parked car that is lost for two minutes again and again is one candidate', () => {
    const seconds = 4 * hourS;
    const shown = stand(place, 0, seconds);
    const flicker: Actor = { ...shown, at: (s) => (s % 1200 > 1080 ? null : place) };
    const batches = filmStreet([flicker], { seconds, stepMs: 10_000, seed, jitter: 0.03 });
    const folded = foldBatches(batches, createScene([{ onsetMs: 60_000, legalMs: 300_000 }]));
    expect(listOf(folded, 'raised')).toHaveLength(1);
  });
});

test('a week of busy traffic leaves a small state', () => {
  const random = createRandom(11);
  const scene = createScene([
    { onsetMs: 60_000, legalMs: 300_000 },
    { id: 'strict', legalMs: 30_000 },
  ]);
  const kerb: Box[] = Array.from({ length: 8 }, (_, i) => [0.02 + 0.12 * i, 0.45, 0.12 + 0.12 * i, 0.6]);
  let state = foldBatches([], scene).state;
  let most = 0;
  // ten minutes of each three hours for a week: cars come to the kerb and go, traffic passes by
  for (let hour = 0; hour < 168; hour += 3) {
    const parked = kerb
      .filter(() => random() < 0.7)
      .map((box) => stand(box, random() * 300, 200 + random() * 600));
    const traffic = Array.from({ length: 120 }, (_, i) =>
      pass([0, 0.62 + 0.1 * (i % 3), 0.13, 0.8 + 0.1 * (i % 3)], 5 * i + 4 * random(), 0.1 + 0.2 * random()),
    );
    const film = filmStreet([...parked, ...traffic], {
      seconds: 600,
      stepMs: 2000,
      seed: hour + 1,
      dropOut: 0.2,
      jitter: 0.04,
    });
    const shifted = film.map((batch) => ({
      ...batch,
      ptsMs: batch.ptsMs + hour * 3_600_000,
      capturedAtMs: batch.capturedAtMs + hour * 3_600_000,
    }));
    state = foldBatches(shifted, scene, state).state;
    most = Math.max(most, JSON.stringify(state).length);
  }
  expect(state.counters.raised).toBeGreaterThan(200);
  expect(most).toBeLessThan(100_000);
  const anchors = state.presences.filter(({ ruleId }) => ruleId === 'rule-0').map(({ anchor }) => anchor);
  for (const [index, anchor] of anchors.entries())
    for (const other of anchors.slice(index + 1)) expect(toIou(anchor, other)).toBeLessThan(0.7);
});
