import { expect, test } from 'vitest';
import { stand } from './test-support/actors.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { filmStreet } from './test-support/street.ts';

test('a candidate says in one sentence why it was raised', () => {
  const batches = filmStreet([stand([0.4, 0.45, 0.52, 0.6], 0, 400)], {
    seconds: 330,
    stepMs: 2000,
    isHole: (s) => s > 100 && s < 112,
  });
  const seen = batches.map((batch) => ({
    ...batch,
    model: { name: 'yolox_nano', sha256: 'abcdef0123456789'.repeat(4) },
  }));
  const [facts] = listOf(foldBatches(seen, createScene([{ legalMs: 300_000 }])), 'raised');
  expect(facts?.explanation).toMatch(
    /^kerb: car at rest 2026-01-09 11:42:10-11:47:10 UTC \(5 min, limit 5 min\), seen in 146 of 146 samples, longest gap 12 s, 12 s hidden or without pictures, mean score 0\.\d\d \(at least 0\.4\); raised at 2026-01-09 11:47:10 UTC, when it had stood for the limit; rule rule-0 of scene test-1, model yolox_nano \(abcdef01\)$/,
  );
});

test('a stay over midnight names both days', () => {
  const [first] = filmStreet([], { seconds: 0, stepMs: 1000 });
  const midnightMs = Date.UTC(2026, 0, 10) - (first?.capturedAtMs ?? 0);
  const batches = filmStreet([stand([0.4, 0.45, 0.52, 0.6], 0, 400)], { seconds: 40, stepMs: 1000 });
  const moved = batches.map((batch) => ({
    ...batch,
    capturedAtMs: batch.capturedAtMs + midnightMs - 20_000,
  }));
  const [facts] = listOf(foldBatches(moved, createScene()), 'raised');
  expect(facts?.explanation).toContain('2026-01-09 23:59:40 - 2026-01-10 00:00:10 UTC (30 s, limit 30 s)');
});
