import { escapeHtml } from '../../models/mod.ts';
import { writeFigure } from './print-score.ts';
import type { SweepResult, SweepRow } from './sweep-result.ts';

const width = 640;
const height = 300;
const margin = { left: 52, right: 16, top: 14, bottom: 56 };
const innerWidth = width - margin.left - margin.right;
const innerHeight = height - margin.top - margin.bottom;

interface Series {
  readonly name: string;
  readonly colour: string;
  /** Told apart without colour too. */
  readonly dash: string;
  readonly mark: 'circle' | 'square' | 'triangle';
  readonly decimals: number;
  read(row: SweepRow): number | null;
}

export const shareSeries: readonly Series[] = [
  {
    name: 'precision',
    colour: '#1565c0',
    dash: '6 4',
    mark: 'square',
    decimals: 3,
    read: ({ figures }) => figures.precision,
  },
  {
    name: 'recall',
    colour: '#c2570c',
    dash: '2 3',
    mark: 'triangle',
    decimals: 3,
    read: ({ figures }) => figures.recall,
  },
  { name: 'F1', colour: '#1b5e20', dash: '', mark: 'circle', decimals: 3, read: ({ figures }) => figures.f1 },
];
export const delaySeries: Series = {
  name: 'mean delay (s)',
  colour: '#6a1b9a',
  dash: '',
  mark: 'circle',
  decimals: 1,
  read: ({ figures }) => figures.meanDelayS,
};
export const falseSeries: Series = {
  name: 'false alarms per camera hour',
  colour: '#b71c1c',
  dash: '',
  mark: 'square',
  decimals: 2,
  read: ({ figures }) => figures.falseAlarmsPerCameraHour,
};

/** Figures over the values of one parameter as inline SVG, the best value marked. Points carry their numbers as titles. */
export function drawSweep(
  result: SweepResult,
  series: readonly Series[],
  id: string,
  range?: readonly [number, number],
): string {
  const { rows, best, params } = result;
  const [param = ''] = params;
  const values = rows.map(({ trial }) => trial[0]?.value.value ?? 0);
  const [low, high] = range ?? toRange(series.flatMap((one) => rows.flatMap((row) => one.read(row) ?? [])));
  const [first, last] = [values[0] ?? 0, values.at(-1) ?? 1];
  const toX = (value: number): number =>
    margin.left + (last === first ? innerWidth / 2 : ((value - first) / (last - first)) * innerWidth);
  const toY = (value: number): number => margin.top + (1 - (value - low) / (high - low)) * innerHeight;
  const names = series.map(({ name }) => name).join(', ');
  const bestRow = best === null ? undefined : rows[best];
  const title = `${names} over ${param}`;
  const description = `${rows.length} values of ${param} from ${rows[0]?.trial[0]?.value.text ?? ''} to ${rows.at(-1)?.trial[0]?.value.text ?? ''}.${bestRow ? ` Best F1 at ${bestRow.trial[0]?.value.text}: precision ${writeFigure(bestRow.figures.precision)}, recall ${writeFigure(bestRow.figures.recall)}, F1 ${writeFigure(bestRow.figures.f1)}.` : ''} The table below has all numbers.`;
  const marker =
    best === null
      ? ''
      : `<line x1="${fix(toX(values[best] ?? 0))}" x2="${fix(toX(values[best] ?? 0))}" y1="${margin.top}" y2="${margin.top + innerHeight}" stroke="#24292f" stroke-width="1.5" stroke-dasharray="1 3"/><text x="${fix(toX(values[best] ?? 0))}" y="${height - 24}" text-anchor="middle" font-weight="600" fill="#24292f">best: ${escapeHtml(bestRow?.trial[0]?.value.text ?? '')}</text>`;
  return `<svg class="sweep" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-desc">${escapeHtml(description)}</desc>${drawGrid(low, high, toY)}${drawValues(rows, values, toX)}${marker}${series.map((one) => drawSeries(one, rows, values, toX, toY)).join('')}<text x="${margin.left + innerWidth / 2}" y="${height - 6}" text-anchor="middle">${escapeHtml(param)}</text></svg>`;
}

/** The lines' names with their strokes and marks. */
export function drawLegend(series: readonly Series[]): string {
  return `<p class="legend">${series
    .map(
      (one) =>
        `<span class="words"><svg width="44" height="14" viewBox="0 0 44 14" aria-hidden="true"><line x1="2" x2="42" y1="7" y2="7" stroke="${one.colour}" stroke-width="2" stroke-dasharray="${one.dash}"/>${drawMark(one, 22, 7, '')}</svg> ${escapeHtml(one.name)}</span>`,
    )
    .join(' ')}</p>`;
}

const ticks = 4;

/** From a round number at or below all (and 0) to one at or above them, four round steps apart. */
function toRange(numbers: readonly number[]): readonly [number, number] {
  const low = Math.min(0, ...numbers);
  const high = Math.max(0, ...numbers);
  if (high - low < 1e-9) return [0, 1];
  let size = 10 ** Math.floor(Math.log10((high - low) / ticks));
  for (;;) {
    for (const factor of [1, 2, 2.5, 5]) {
      const step = size * factor;
      const from = Math.floor(low / step + 1e-9) * step;
      if (from + ticks * step >= high - 1e-9) return [from, from + ticks * step];
    }
    size *= 10;
  }
}

function drawGrid(low: number, high: number, toY: (value: number) => number): string {
  return [0, 0.25, 0.5, 0.75, 1]
    .map((share) => {
      const value = low + share * (high - low);
      const y = fix(toY(value));
      return `<line x1="${margin.left}" x2="${margin.left + innerWidth}" y1="${y}" y2="${y}" stroke="#d8dee4"/><text x="${margin.left - 6}" y="${Number(y) + 4}" text-anchor="end">${Number(value.toPrecision(3))}</text>`;
    })
    .join('');
}

/** As many values below the axis as there is room for. */
function drawValues(
  rows: readonly SweepRow[],
  values: readonly number[],
  toX: (value: number) => number,
): string {
  const minGap = 44;
  let lastX = Number.NEGATIVE_INFINITY;
  let drawn = '';
  for (const [index, row] of rows.entries()) {
    const x = toX(values[index] ?? 0);
    if (x - lastX < minGap) continue;
    lastX = x;
    drawn += `<text x="${fix(x)}" y="${margin.top + innerHeight + 16}" text-anchor="middle">${escapeHtml(row.trial[0]?.value.text ?? '')}</text>`;
  }
  return drawn;
}

/** A line breaks where there is no figure. */
function drawSeries(
  series: Series,
  rows: readonly SweepRow[],
  values: readonly number[],
  toX: (value: number) => number,
  toY: (value: number) => number,
): string {
  let path = '';
  let marks = '';
  let isDown = false;
  for (const [index, row] of rows.entries()) {
    const figure = series.read(row);
    if (figure === null) {
      isDown = false;
      continue;
    }
    const [x, y] = [toX(values[index] ?? 0), toY(figure)];
    path += `${isDown ? 'L' : 'M'}${fix(x)} ${fix(y)}`;
    isDown = true;
    const words = `${row.trial[0]?.value.text ?? ''}: ${series.name} ${figure.toFixed(series.decimals)}`;
    marks += drawMark(series, x, y, `<title>${escapeHtml(words)}</title>`);
  }
  return `<path d="${path}" fill="none" stroke="${series.colour}" stroke-width="2" stroke-dasharray="${series.dash}"/>${marks}`;
}

function drawMark({ mark, colour }: Series, x: number, y: number, title: string): string {
  switch (mark) {
    case 'circle':
      return `<circle cx="${fix(x)}" cy="${fix(y)}" r="4" fill="${colour}">${title}</circle>`;
    case 'square':
      return `<rect x="${fix(x - 3.5)}" y="${fix(y - 3.5)}" width="7" height="7" fill="${colour}">${title}</rect>`;
    case 'triangle':
      return `<path d="M${fix(x)} ${fix(y - 5)}l5 8.5h-10z" fill="${colour}">${title}</path>`;
    default:
      return mark satisfies never;
  }
}

function fix(value: number): string {
  return value.toFixed(1);
}
