import { describe, expect, test } from 'vitest';
import { viewProblems } from '../domain/mod.ts';
import { stand } from './test-support/actors.ts';
import { spoilView } from './test-support/disturb.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const place = [0.4, 0.45, 0.52, 0.6] as const;
const scene = createScene();

function film(seconds: number, stepMs = 1000) {
  return filmStreet([stand(place, 0, seconds)], { seconds, stepMs, jitter: 0.03 });
}

describe.each(viewProblems)('a view that is %s', (problem) => {
  test.each([500, 1000, 2000])('holds a stay, says so once, and lets it go on (every %d ms)', (stepMs) => {
    const folded = foldBatches(spoilView(film(200, stepMs), [problem, 10, 100]), scene);
    expect(listOf(folded, 'suppressed')).toMatchObject([
      { raisedAtMs: null, suppressed: { reason: 'view', sinceMs: epochMs + 10_000 } },
    ]);
    const [raised, ...more] = listOf(folded, 'raised');
    expect(more).toEqual([]);
    expect(raised).toMatchObject({ fromMs: epochMs, suppressed: null });
    expect(raised?.raisedAtMs).toBeGreaterThan(epochMs + 100_000);
    expect(raised?.raisedAtMs).toBeLessThanOrEqual(epochMs + 100_000 + 3 * stepMs);
    expect(raised?.dwell.unknownMs).toBeGreaterThanOrEqual(90_000);
    expect(folded.state.counters).toMatchObject({
      viewBatches: 90_000 / stepMs + 1,
      holes: 0,
      suppressed: { view: 1 },
    });
  });

  test('that never becomes good again raises nothing, and ends what waits', () => {
    const folded = foldBatches(spoilView(film(1200), [problem, 10, 1200]), scene);
    expect(listOf(folded, 'raised')).toEqual([]);
    expect(listOf(folded, 'ended')).toMatchObject([{ toMs: epochMs + 9000 }]);
    expect(listOf(folded, 'ended')[0]?.explanation).toContain('the view was bad for too long');
    expect(folded.state.presences).toEqual([]);
  });

  test('from the first picture shows nothing', () => {
    const folded = foldBatches(spoilView(film(100), [problem, 0, 100]), scene);
    expect(folded.events).toEqual([]);
    expect(folded.state.tracks).toEqual([]);
  });
});

test('something else in the place after a bad view is another stay', () => {
  const truck = stand([0.46, 0.42, 0.62, 0.64], 60, 200, { class: 'truck' });
  const batches = filmStreet([stand(place, 0, 50), truck], { seconds: 200, stepMs: 1000 });
  const folded = foldBatches(spoilView(batches, ['moved', 45, 70]), scene);
  expect(listOf(folded, 'raised').map((facts) => [facts.class, (facts.fromMs - epochMs) / 1000])).toEqual([
    ['car', 0],
    ['truck', 71],
  ]);
});

test('the explanation names what is wrong with the view', () => {
  const [facts] = listOf(foldBatches(spoilView(film(60), ['moved', 10, 60]), scene), 'suppressed');
  expect(facts?.explanation).toContain('held (view): the camera has moved');
});
