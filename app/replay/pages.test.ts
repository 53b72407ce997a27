import { expect, test } from 'vitest';
import { makeCandidate } from '../../evidence/test-support/make-candidate.ts';
import { toRow } from './candidate-row.ts';
import { toSweepHtml } from './sweep-page.ts';
import type { SweepResult, SweepRow } from './sweep-result.ts';
import { createTimeText } from './time-text.ts';
import { toReplayHtml } from './write-replay-page.ts';

const nasty = '<img src=x onerror="alert(1)">&\'';
const tags = /<img src=x|onerror="/;

test('the replay page holds names and words of others as text', () => {
  const candidate = makeCandidate({ zone: nasty, explanation: nasty, id: nasty });
  const cameras = [
    { camera: candidate.camera, fromMs: 0, toMs: 60_000, originMs: 0, batches: 60, gapMs: 1000 },
  ];
  const row = toRow(candidate, candidate, cameras);
  const page = toReplayHtml({
    replayed: {
      folded: { cameras, unwatched: new Map(), outcomes: [] },
      candidates: [row],
      suppressed: [{ ...row, suppressed: nasty }],
      changes: [{ kind: 'appears', before: null, after: candidate, why: nasty }],
      score: null,
      counterLines: [nasty],
      notes: [nasty],
      time: createTimeText(cameras, 'Asia/Shanghai'),
    },
    stills: { of: new Map([[nasty, [{ href: nasty, title: nasty }]]]), problems: [nasty] },
    options: { log: nasty, scene: nasty, diff: nasty },
  });
  expect(page).not.toMatch(tags);
  expect(page.split('&lt;img src=x onerror=&quot;').length).toBeGreaterThan(10);
});

function toResult(f1s: readonly (number | null)[]): SweepResult {
  const rows = f1s.map((f1, i): SweepRow => {
    const share = f1 ?? 0;
    const counts = { found: 1, missed: 1, falseAlarms: 0, alpha: 0.55 };
    return {
      trial: [{ param: 'legal', value: { text: `${i + 1}m`, value: (i + 1) * 60_000 } }],
      figures: {
        ...counts,
        precision: f1,
        recall: share,
        f1,
        f1Alpha: f1,
        meanDelayS: f1 === null ? null : -0.4,
        falseAlarmsPerCameraHour: 12,
      },
      raised: 1,
      unreviewed: 3,
    };
  });
  return { params: ['legal'], rows, best: 1, equals: 1, current: ['5m'], judge: nasty, notes: [nasty] };
}

test('the sweep page: text as text, every figure in charts and table, the best one named', () => {
  const page = toSweepHtml(toResult([0.5, 0.75, null, 0.25]), [nasty]);
  expect(page).not.toMatch(tags);
  expect(page).toContain('<title>2m: F1 0.750</title>');
  expect(page).toContain('Best F1 at 2m: precision 0.750, recall 0.750, F1 0.750.');
  expect(page).toContain('<tr class="best"><th scope="row">2m</th><td>0.750</td>');
  expect(page.match(/<svg class="sweep"/g)).toHaveLength(3);
  expect(page).not.toMatch(/NaN|Infinity|undefined/);
});

test('a single value, or none with a figure, can be drawn', () => {
  for (const f1s of [[0.5], [null], [0, 0]])
    expect(toSweepHtml({ ...toResult(f1s), best: null }, [])).not.toMatch(/NaN|Infinity|undefined/);
});
