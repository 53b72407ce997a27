import { expect, test } from 'vitest';
import type { Box } from '../../domain/mod.ts';
import { type DecidedStay, type RaisedStay, scoreDecisions } from './score-decisions.ts';

const here: Box = [0.4, 0.4, 0.5, 0.5];
const there: Box = [0.6, 0.4, 0.7, 0.5];
const spans = new Map([['a', { fromMs: 0, toMs: 7_200_000 }]]);

function decide(
  decision: DecidedStay['decision'],
  fromS: number,
  toS: number | null,
  box = here,
  camera = 'a',
): DecidedStay {
  const toMs = toS === null ? null : toS * 1000;
  return {
    id: `old-${fromS}`,
    decision,
    camera,
    offence: 'sidewalk_parking',
    fromMs: fromS * 1000,
    toMs,
    round: 1,
    boxes: [box],
  };
}

function raise(fromS: number, toS: number | null, box = here): RaisedStay {
  const toMs = toS === null ? null : toS * 1000;
  return {
    id: `new-${fromS}`,
    camera: 'a',
    offence: 'sidewalk_parking',
    fromMs: fromS * 1000,
    toMs,
    round: 1,
    boxes: [box],
    raisedAtMs: fromS * 1000 + 62_000,
    legalMs: 60_000,
  };
}

test('confirmed ones are true, rejected ones false, unreviewed ones neither', () => {
  const score = scoreDecisions(
    [raise(100, 400), raise(1000, 1500), raise(5000, null)],
    [
      decide('confirmed', 105, 390),
      decide('confirmed', 3000, 3300),
      decide('rejected', 1010, 1500),
      decide('rejected', 2000, 2100),
    ],
    spans,
  );
  expect(score).toMatchObject({ unreviewed: 1, avoided: 1 });
  expect(score.figures).toMatchObject({
    found: 1,
    missed: 1,
    falseAlarms: 1,
    precision: 0.5,
    recall: 0.5,
    f1: 0.5,
    meanDelayS: 2,
    falseAlarmsPerCameraHour: 0.5,
  });
});

test('the same time in another place is another thing', () => {
  const { figures, unreviewed } = scoreDecisions(
    [raise(100, 400, there)],
    [decide('confirmed', 100, 400)],
    spans,
  );
  expect([figures.found, figures.missed, unreviewed]).toEqual([0, 1, 1]);
});

test('one decision answers for one candidate', () => {
  const { figures, unreviewed } = scoreDecisions(
    [raise(100, 250), raise(260, 400)],
    [decide('confirmed', 100, 400)],
    spans,
  );
  expect([figures.found, figures.missed, unreviewed]).toEqual([1, 0, 1]);
});

test('what the log does not show is left out', () => {
  const decided = [
    decide('confirmed', -50, 400),
    decide('confirmed', 8000, null),
    decide('confirmed', 100, 400, here, 'b'),
  ];
  const { figures } = scoreDecisions([], decided, spans);
  expect([figures.found, figures.missed, figures.recall]).toEqual([0, 0, null]);
});
