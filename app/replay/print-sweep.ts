import { toTableLines } from '../text-table.ts';
import { writeFigure } from './print-score.ts';
import { describeEquals, type SweepResult, type SweepRow } from './sweep-result.ts';

export function toSweepLines(result: SweepResult): string[] {
  const { params, rows, best, current, judge, notes } = result;
  const equals = describeEquals(result);
  const isReviewed = rows.some(({ unreviewed }) => unreviewed !== null);
  const table = toTableLines(
    [
      ...params,
      'precision',
      'recall',
      'F1',
      'F1 biased',
      'delay s',
      'false/camera h',
      'found',
      'missed',
      'false',
      ...(isReviewed ? ['unreviewed'] : []),
      '',
    ],
    rows.map(({ trial, figures, unreviewed }, index) => [
      ...trial.map(({ value }) => value.text),
      writeFigure(figures.precision),
      writeFigure(figures.recall),
      writeFigure(figures.f1),
      writeFigure(figures.f1Alpha),
      writeFigure(figures.meanDelayS, 1),
      writeFigure(figures.falseAlarmsPerCameraHour, 2),
      String(figures.found),
      String(figures.missed),
      String(figures.falseAlarms),
      ...(isReviewed ? [String(unreviewed ?? 0)] : []),
      index === best ? '<- best F1' : '',
    ]),
  );
  return [
    ...table,
    `judged by ${judge}; the scene has ${params.map((param, i) => `${param} ${current[i] || '-'}`).join(', ')} now`,
    ...(equals === null ? [] : [equals]),
    ...notes,
  ];
}

/** One line a trial; figures unrounded, empty where there is none. RFC 4180. */
export function toSweepCsv({ params, rows }: SweepResult): string {
  const header = [
    ...params,
    'precision',
    'recall',
    'f1',
    'f1_alpha',
    'mean_delay_s',
    'false_alarms_per_camera_hour',
    'found',
    'missed',
    'false_alarms',
    'raised',
    'unreviewed',
  ];
  const toCells = ({ trial, figures, raised, unreviewed }: SweepRow): (string | number | null)[] => [
    ...trial.map(({ value }) => value.text),
    figures.precision,
    figures.recall,
    figures.f1,
    figures.f1Alpha,
    figures.meanDelayS,
    figures.falseAlarmsPerCameraHour,
    figures.found,
    figures.missed,
    figures.falseAlarms,
    raised,
    unreviewed,
  ];
  return [header, ...rows.map(toCells)]
    .map((cells) => `${cells.map((cell) => cell ?? '').join(',')}\r\n`)
    .join('');
}
