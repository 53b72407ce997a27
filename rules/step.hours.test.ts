import { describe, expect, test } from 'vitest';
import type { Rule } from '../domain/mod.ts';
import { stand, visit } from './test-support/actors.ts';
import { createScene, type Folded, foldBatches } from './test-support/fold.ts';
import { toSchedule } from './test-support/hours.ts';
import type { Actor } from './test-support/street.ts';
import { epochMs, filmStreet } from './test-support/street.ts';

const place = [0.4, 0.45, 0.52, 0.6] as const;
const parked = [stand(place, 0, 10_000)];

/** `type second` of each event but updates, with the second from which it counts and what holds it. */
function tell({ events }: Folded): string[] {
  return events
    .filter(({ type }) => type !== 'updated')
    .map(({ type, atMs, candidate }) => {
      const held = candidate.suppressed === null ? '' : ` ${candidate.suppressed.reason}`;
      return `${type} ${toSeconds(atMs)} from ${toSeconds(candidate.fromMs)}${held}`;
    });
}

function toSeconds(ms: number): number {
  return (ms - epochMs) / 1000;
}

function fold(actors: readonly Actor[], seconds: number, rule: Partial<Rule>): Folded {
  return foldBatches(filmStreet(actors, { seconds, stepMs: 1000 }), createScene([rule]));
}

describe('the hours of a rule', () => {
  test.each<[string, Partial<Rule>, readonly Actor[], number, string[]]>([
    [
      'a car that was there ten minutes before the rule came into force',
      { schedule: toSchedule([600, 3600]) },
      parked,
      700,
      ['opened 605 from 600', 'raised 630 from 600'],
    ],
    [
      'one that comes while the rule is off and goes before the limit',
      { schedule: toSchedule([600, 3600]) },
      [visit(place, 100, 625, 3)],
      700,
      ['opened 605 from 600', 'ended 628 from 600'],
    ],
    [
      'a rule that goes out of force before the limit',
      { schedule: toSchedule([0, 20]) },
      parked,
      100,
      ['opened 5 from 0'],
    ],
    [
      'a rule that goes out of force after the raise: one stay, one candidate',
      { schedule: toSchedule([0, 40]) },
      [stand(place, 0, 90)],
      130,
      ['opened 5 from 0', 'raised 30 from 0', 'ended 121 from 0'],
    ],
    [
      'permitted all the time',
      { schedule: toSchedule(null, [[-10, 1000]]) },
      parked,
      200,
      ['opened 5 from 0', 'suppressed 30 from 0 permitted'],
    ],
    [
      'a permitted window begins before the limit and ends again: the count begins anew',
      { schedule: toSchedule(null, [[20, 100]]) },
      parked,
      200,
      ['opened 5 from 0', 'suppressed 30 from 0 permitted', 'raised 130 from 100'],
    ],
    [
      'a permitted window too short for the limit as a whole to fall in it',
      { schedule: toSchedule(null, [[10, 25]]) },
      parked,
      100,
      ['opened 5 from 0', 'raised 55 from 25'],
    ],
    [
      'a permitted window begins after the raise',
      { schedule: toSchedule(null, [[40, 100]]) },
      parked,
      200,
      ['opened 5 from 0', 'raised 30 from 0'],
    ],
    [
      'comes in a permitted window and goes in it',
      { schedule: toSchedule(null, [[-10, 150]]) },
      [visit(place, 20, 120, 3)],
      200,
      ['opened 25 from 20', 'suppressed 50 from 20 permitted', 'ended 123 from 20 permitted'],
    ],
    [
      'two permitted windows',
      {
        schedule: toSchedule(null, [
          [10, 40],
          [60, 100],
        ]),
      },
      parked,
      200,
      ['opened 5 from 0', 'suppressed 30 from 0 permitted', 'raised 130 from 100'],
    ],
  ])('%s', (_name, rule, actors, seconds, told) => {
    expect(tell(fold(actors, seconds, rule))).toEqual(told);
  });

  test('the facts and the explanation say since when it was there and from when it counts', () => {
    const { events } = fold(parked, 700, { schedule: toSchedule([600, 3600]) });
    const raised = events.find(({ type }) => type === 'raised')?.candidate;
    expect(raised).toMatchObject({
      presentSinceMs: epochMs,
      fromMs: epochMs + 600_000,
      dwellMs: 30_000,
      samplesSeen: 31,
      samplesTaken: 31,
      first: { capturedAtMs: epochMs + 600_000 },
    });
    expect(raised?.explanation).toContain(
      'there since 2026-01-09 11:42:10 UTC, counted from 2026-01-09 11:52:10 UTC, when the rule came into force',
    );
  });

  test('a suppressed stay says why, until when and by what permission', () => {
    const { events } = fold(parked, 60, { schedule: toSchedule(null, [[-10, 1000]]) });
    expect(events.at(-1)?.candidate.explanation).toContain(
      'held (permitted): allowed at this hour until 2026-01-09 11:58:50 UTC (night market); the count begins when that ends',
    );
  });

  test('a count that began anew keeps the id of the stay', () => {
    const { events } = fold(parked, 200, { schedule: toSchedule(null, [[20, 100]]) });
    expect(new Set(events.map(({ candidate }) => candidate.id)).size).toBe(1);
  });
});

describe('a stay over an hour that the clock on the wall shows twice, not at all, or as another day', () => {
  const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
  const hourMs = 3_600_000;
  test.each<[string, string, number, readonly [fromH: number, toH: number], number, number[]]>([
    // zone, first picture (UTC), hours in force by the wall, hours of film, when it must be raised (UTC hours after the first picture)
    ['midnight', 'Asia/Shanghai', Date.UTC(2026, 0, 9, 15), [0, 6], 2, [1]],
    ['a rule that goes on past midnight', 'Asia/Shanghai', Date.UTC(2026, 0, 9, 15), [22, 2], 2, [0]],
    ['02:00 to 03:00 not shown', 'Europe/Berlin', Date.UTC(2026, 2, 29, 0), [3, 6], 2, [1]],
    ['02:00 to 03:00 shown twice', 'Europe/Berlin', Date.UTC(2026, 9, 24, 23), [3, 6], 4, [3]],
    ['in force in the hour that is shown twice', 'Europe/Berlin', Date.UTC(2026, 9, 24, 23), [2, 3], 2, [1]],
  ])('%s', (_name, timeZone, startMs, [fromH, toH], hours, raisedH) => {
    const schedule = {
      timeZone,
      weekly: [{ days: weekdays, spans: [{ fromMs: fromH * hourMs, toMs: toH * hourMs }] }],
      dates: [],
      permitted: [],
    };
    const batches = filmStreet([stand(place, 0, 86_400)], { seconds: hours * 3600, stepMs: 5000 }).map(
      (batch) => ({ ...batch, capturedAtMs: startMs + batch.ptsMs }),
    );
    const rule = { schedule, onsetMs: 60_000, legalMs: 300_000 };
    const raised = foldBatches(batches, createScene([rule])).events.filter(({ type }) => type === 'raised');
    expect(raised.map(({ atMs }) => (atMs - 300_000 - startMs) / hourMs)).toEqual(raisedH);
    expect(raised.map(({ candidate }) => candidate.presentSinceMs)).toEqual(raised.map(() => startMs));
  });
});

describe('repeat', () => {
  test('raises a stay again each time it has gone on for so long, each time with numbers of its own', () => {
    const folded = fold([stand(place, 0, 170)], 210, { repeatMs: 60_000 });
    expect(tell(folded)).toEqual([
      'opened 5 from 0',
      'raised 30 from 0',
      'ended 90 from 0',
      'opened 90 from 30',
      'raised 90 from 30',
      'ended 150 from 30',
      'opened 150 from 90',
      'raised 150 from 90',
      expect.stringMatching(/^ended 20\d from 90$/),
    ]);
    const raised = folded.events.filter(({ type }) => type === 'raised').map(({ candidate }) => candidate);
    expect(new Set(raised.map(({ id }) => id)).size).toBe(3);
    expect(raised.map(({ round, repeatOf }) => [round, repeatOf])).toEqual([
      [1, null],
      [2, raised[0]?.id],
      [3, raised[0]?.id],
    ]);
    expect(raised[1]).toMatchObject({
      presentSinceMs: epochMs,
      dwellMs: 60_000,
      samplesSeen: 61,
      first: { capturedAtMs: epochMs + 30_000 },
    });
    expect(raised[1]?.explanation).toContain('(1 min, round 2, repeated every 1 min)');
    const ended = folded.events.find(({ type }) => type === 'ended')?.candidate;
    expect(ended?.explanation).toContain('still there, followed on as its next round');
  });

  test('keeps to its times whatever is missed, and survives a bus in front', () => {
    const bus = stand([0.36, 0.38, 0.62, 0.75], 85, 100, { class: 'bus' });
    const batches = filmStreet([stand(place, 0, 400), bus], {
      seconds: 400,
      stepMs: 1000,
      seed: 3,
      dropOut: 0.3,
      jitter: 0.03,
    });
    const folded = foldBatches(batches, createScene([{ repeatMs: 60_000 }]));
    const raised = folded.events.filter(({ type }) => type === 'raised');
    const first = toSeconds(raised[0]?.atMs ?? 0);
    expect(raised).toHaveLength(7);
    for (const [index, { atMs, candidate }] of raised.entries()) {
      const lateS = toSeconds(atMs) - first - 60 * index;
      expect(lateS).toBeGreaterThanOrEqual(0);
      expect(lateS).toBeLessThanOrEqual(index === 1 ? 18 : 6);
      const { seenMs, bridgedMs, unknownMs } = candidate.dwell;
      expect(seenMs + bridgedMs + unknownMs).toBe(candidate.dwellMs);
    }
    expect(raised[1]?.candidate.dwell.unknownMs).toBeGreaterThan(10_000);
    expect(raised[3]?.candidate.dwell.unknownMs).toBe(0);
  });

  test('waits while the rule is off, and counts anew when it is in force again', () => {
    const folded = fold(parked, 400, { repeatMs: 60_000, schedule: toSchedule(null, [[50, 200]]) });
    expect(tell(folded).filter((line) => line.startsWith('raised'))).toEqual([
      'raised 30 from 0',
      'raised 260 from 200',
      'raised 320 from 260',
      'raised 380 from 320',
    ]);
  });
});
