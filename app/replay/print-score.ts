import type { ScoreFigures } from '../../rules/mod.ts';
import { toTableLines } from '../text-table.ts';
import type { TruthScore } from './score-truth.ts';
import type { TimeText } from './time-text.ts';

/** A share or figure with `digits` decimals; `-` where there is none. */
export function writeFigure(value: number | null, digits = 3): string {
  return value === null ? '-' : value.toFixed(digits);
}

export function toFigureLine(figures: ScoreFigures): string {
  return [
    `precision ${writeFigure(figures.precision)}`,
    `recall ${writeFigure(figures.recall)}`,
    `F1 ${writeFigure(figures.f1)}`,
    `F1 with recall bias ${figures.alpha}: ${writeFigure(figures.f1Alpha)}`,
    `mean delay ${figures.meanDelayS === null ? '-' : `${figures.meanDelayS.toFixed(1)} s`}`,
    `${writeFigure(figures.falseAlarmsPerCameraHour, 2)} false alarms per camera hour`,
  ].join(', ');
}

export function toScoreLines(score: TruthScore, time: TimeText): string[] {
  const { figures, events, falseAlarmIds, earlyMs, notes } = score;
  const rows = events.map(({ event, ruleId, verdict, dueMs, delayMs }) => [
    event.camera,
    event.id,
    ruleId.slice(event.camera.length + 1),
    verdict.replace('_', ' '),
    time.write(dueMs, event.camera),
    delayMs === null ? '-' : (delayMs / 1000).toFixed(1),
  ]);
  return [
    '',
    `Against the truth (an alarm is true up to 10 s after the threshold, ${earlyMs / 1000} s before it):`,
    ...(rows.length > 0 ? toTableLines(['camera', 'event', 'rule', 'verdict', 'due', 'delay s'], rows) : []),
    `${figures.found} found, ${figures.missed} missed, ${figures.falseAlarms} false${falseAlarmIds.length > 0 ? ` (${falseAlarmIds.join(', ')})` : ''}`,
    toFigureLine(figures),
    ...notes,
  ];
}
