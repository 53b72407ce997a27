import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Box } from '../../domain/mod.ts';
import type { Alarm, TrueEvent } from './event.ts';
import { matchMost } from './match-most.ts';
import { scoreEvents } from './score-events.ts';

const here: Box = [0.4, 0.4, 0.5, 0.5];
const there: Box = [0.6, 0.4, 0.7, 0.5];
/** The log of one camera is an hour long, the rule's threshold a minute. Times in seconds. */
const span = { fromMs: 0, toMs: 3_600_000 };

function toEvent(fromS: number | null, toS: number | null, box: Box | null = null): TrueEvent {
  const toMs = (s: number | null): number | null => (s === null ? null : s * 1000);
  return {
    id: `event-${fromS}`,
    camera: 'a',
    ruleIds: ['parking'],
    fromMs: toMs(fromS),
    toMs: toMs(toS),
    box,
  };
}

function toAlarm(raisedAtS: number, box: Box = here, camera = 'a', ruleId = 'parking'): Alarm {
  return {
    id: `${ruleId}-${raisedAtS}-${box[0]}`,
    camera,
    ruleId,
    offence: 'sidewalk_parking',
    zone: 'kerb',
    raisedAtMs: raisedAtS * 1000,
    legalMs: 60_000,
    boxes: [box],
  };
}

interface Case {
  readonly name: string;
  readonly events: readonly TrueEvent[];
  readonly alarms: readonly Alarm[];
  readonly earlyMs?: number;
  /** found, missed, false alarms */
  readonly counts: readonly [number, number, number];
  readonly verdicts?: readonly string[];
}

const cases: readonly Case[] = [
  { name: 'at the threshold', events: [toEvent(100, 400)], alarms: [toAlarm(160)], counts: [1, 0, 0] },
  { name: 'ten seconds later', events: [toEvent(100, 400)], alarms: [toAlarm(170)], counts: [1, 0, 0] },
  { name: 'too early', events: [toEvent(100, 400)], alarms: [toAlarm(159.9)], counts: [0, 1, 1] },
  {
    name: 'early by less than a sample',
    events: [toEvent(100, 400)],
    alarms: [toAlarm(159.2)],
    earlyMs: 1000,
    counts: [1, 0, 0],
  },
  { name: 'too late', events: [toEvent(100, 400)], alarms: [toAlarm(170.1)], counts: [0, 1, 1] },
  { name: 'none', events: [toEvent(100, 400)], alarms: [], counts: [0, 1, 0] },
  { name: 'of nothing', events: [], alarms: [toAlarm(500)], counts: [0, 0, 1] },
  {
    name: 'twice for one event',
    events: [toEvent(100, 400)],
    alarms: [toAlarm(161), toAlarm(165)],
    counts: [1, 0, 1],
  },
  {
    name: 'two events in one place, an alarm each',
    events: [toEvent(100, 104), toEvent(110, 400), toEvent(105, 400)],
    alarms: [toAlarm(169), toAlarm(172)],
    counts: [2, 0, 0],
    verdicts: ['too_short', 'found', 'found'],
  },
  {
    name: 'two things side by side, one alarm: the boxes say whose',
    events: [toEvent(100, 400, here), toEvent(100, 400, there)],
    alarms: [toAlarm(160, there)],
    counts: [1, 1, 0],
    verdicts: ['missed', 'found'],
  },
  {
    name: 'the right time in the wrong place',
    events: [toEvent(100, 400, here)],
    alarms: [toAlarm(160, there)],
    counts: [0, 1, 1],
  },
  {
    name: 'shorter than the threshold: nothing is due',
    events: [toEvent(100, 159)],
    alarms: [],
    counts: [0, 0, 0],
    verdicts: ['too_short'],
  },
  {
    name: 'shorter, and raised all the same',
    events: [toEvent(100, 159)],
    alarms: [toAlarm(160)],
    counts: [0, 0, 1],
  },
  {
    name: 'the log ends before the threshold',
    events: [toEvent(3550, null)],
    alarms: [],
    counts: [0, 0, 0],
    verdicts: ['cut'],
  },
  {
    name: 'the log ends while the alarm may still come',
    events: [toEvent(3535, null)],
    alarms: [],
    counts: [0, 0, 0],
    verdicts: ['cut'],
  },
  {
    name: 'the log ends after it came',
    events: [toEvent(3535, null)],
    alarms: [toAlarm(3598)],
    counts: [1, 0, 0],
  },
  {
    name: 'there when the log begins',
    events: [toEvent(null, 400)],
    alarms: [toAlarm(60)],
    counts: [1, 0, 0],
  },
  {
    name: 'there from begin to end, missed',
    events: [toEvent(null, null)],
    alarms: [toAlarm(90)],
    counts: [0, 1, 1],
  },
  {
    name: 'over before the log begins',
    events: [toEvent(-500, -10)],
    alarms: [],
    counts: [0, 0, 0],
    verdicts: [],
  },
  {
    name: 'another camera',
    events: [toEvent(100, 400)],
    alarms: [toAlarm(160, here, 'b')],
    counts: [0, 1, 1],
  },
  {
    name: 'another rule',
    events: [toEvent(100, 400)],
    alarms: [toAlarm(160, here, 'a', 'vending')],
    counts: [0, 1, 1],
  },
];

const options = {
  legalMs: new Map([
    ['parking', 60_000],
    ['vending', 60_000],
  ]),
  spans: new Map([['a', span]]),
};

test.each(cases)('$name', ({ events, alarms, counts, verdicts, earlyMs = 0 }) => {
  const score = scoreEvents(alarms, events, { ...options, earlyMs });
  const { found, missed, falseAlarms } = score.figures;
  expect([found, missed, falseAlarms]).toEqual(counts);
  if (verdicts) expect(score.events.map(({ verdict }) => verdict)).toEqual(verdicts);
});

test('the figures', () => {
  const events = [toEvent(100, 400), toEvent(1000, 1400), toEvent(2000, 2400), toEvent(3000, 3400)];
  const alarms = [toAlarm(162), toAlarm(1064), toAlarm(2060), toAlarm(700)];
  const { figures } = scoreEvents(alarms, events, { ...options, alpha: 0.55 });
  expect(figures).toEqual({
    found: 3,
    missed: 1,
    falseAlarms: 1,
    precision: 0.75,
    recall: 0.75,
    f1: 0.75,
    alpha: 0.55,
    f1Alpha: expect.closeTo(0.75, 12) as number,
    meanDelayS: 2,
    falseAlarmsPerCameraHour: 1,
  });
});

test('recall bias draws the figure towards recall', () => {
  const events = [toEvent(100, 400), toEvent(1000, 1400)];
  const { figures } = scoreEvents([toAlarm(160)], events, { ...options, alpha: 40 });
  expect(figures.precision).toBe(1);
  expect(figures.recall).toBe(0.5);
  expect(figures.f1Alpha).toBeCloseTo((41 * 0.5) / (0.5 + 40), 12);
});

test('nothing to divide by is nothing, not zero', () => {
  const { figures } = scoreEvents([], [], options);
  expect(figures).toMatchObject({ precision: null, recall: null, f1: null, f1Alpha: null, meanDelayS: null });
  expect(figures.falseAlarmsPerCameraHour).toBe(0);
});

test('what is found wholly wrong scores zero', () => {
  const { figures } = scoreEvents([toAlarm(700)], [toEvent(100, 400)], options);
  expect(figures).toMatchObject({ precision: 0, recall: 0, f1: 0, f1Alpha: 0 });
});

/** Largest number of pairs by trying everything. */
function countBest(lists: readonly (readonly number[])[], taken: readonly number[] = []): number {
  const [first, ...rest] = lists;
  if (first === undefined) return 0;
  const without = countBest(rest, taken);
  const withOne = first
    .filter((right) => !taken.includes(right))
    .map((right) => 1 + countBest(rest, [...taken, right]));
  return Math.max(without, ...withOne);
}

test('as many pairs as possible, no end twice', () => {
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(fc.nat({ max: 5 }), { maxLength: 4 }), { maxLength: 6 }), (lists) => {
      const matched = matchMost(lists);
      const used = matched.filter((right) => right !== null);
      expect(new Set(used).size).toBe(used.length);
      for (const [left, right] of matched.entries()) if (right !== null) expect(lists[left]).toContain(right);
      expect(used.length).toBe(countBest(lists));
    }),
  );
});
