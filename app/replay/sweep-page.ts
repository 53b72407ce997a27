import { escapeHtml, reportStyle } from '../../models/mod.ts';
import { writeFigure } from './print-score.ts';
import { delaySeries, drawLegend, drawSweep, falseSeries, shareSeries } from './sweep-chart.ts';
import { describeEquals, type SweepResult, type SweepRow } from './sweep-result.ts';

const pageStyle = `
svg.sweep { width: 100%; max-width: 760px; height: auto; font-size: 12px; fill: #57606a; display: block; }
.legend svg { vertical-align: middle; }
.legend .words { margin-right: 14px; }
.pair { display: flex; flex-wrap: wrap; gap: 20px; border: 0; padding: 0; }
.pair > div { flex: 1 1 380px; }
tr.best td, tr.best th { background: #e6f4ea; font-weight: 600; }
tbody th { background: none; font-weight: 400; }
table.grid-table td, table.grid-table th { text-align: center; padding: 6px 10px; }
table.grid-table td.best { outline: 3px solid #24292f; outline-offset: -3px; font-weight: 700; }
`;

/** A sweep as one page: charts, and every number in a table. No script, nothing beside it. */
export function toSweepHtml(result: SweepResult, facts: readonly string[]): string {
  const { params, rows, best, current, judge } = result;
  const equals = describeEquals(result);
  const notes = [...(equals === null ? [] : [equals]), ...result.notes];
  const bestRow = best === null ? undefined : rows[best];
  const title =
    bestRow === undefined
      ? `Sweep over ${params.join(' and ')}`
      : `Best F1 ${writeFigure(bestRow.figures.f1)} at ${bestRow.trial.map(({ param, value }) => `${param} ${value.text}`).join(', ')}`;
  const lines = [
    ...facts,
    `judged by ${judge}`,
    `the scene has ${params.map((param, i) => `${param} ${current[i] || '-'}`).join(', ')} now`,
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="xunjie sweep"><title>${escapeHtml(title)}</title><style>${reportStyle}${pageStyle}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p class="quiet facts">${lines.map(escapeHtml).join(' · ')}</p>
${notes.length > 0 ? `<ul class="quiet">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>` : ''}
${params.length === 1 ? toCharts(result) : toGrid(result)}
${toTable(result)}
<p class="quiet">Precision: true alarms of all that are judged. Recall: events found of those that should be. F1 biased: recall weighs alpha = ${rows[0]?.figures.alpha ?? ''} (i-LIDS). Delay: alarm after the threshold.</p>
</body></html>
`;
}

function toCharts(result: SweepResult): string {
  return `<h2>Precision, recall and F1</h2>${drawLegend(shareSeries)}${drawSweep(result, shareSeries, 'shares', [0, 1])}
<div class="pair"><div><h2>Mean delay (s)</h2>${drawSweep(result, [delaySeries], 'delay')}</div><div><h2>False alarms per camera hour</h2>${drawSweep(result, [falseSeries], 'false')}</div></div>`;
}

/** F1 for each pair of values; darker is better. */
function toGrid({ params, rows, best }: SweepResult): string {
  const [down, across] = params;
  const acrossTexts = [...new Set(rows.map(({ trial }) => trial[1]?.value.text ?? ''))];
  const lines = new Map<string, { row: SweepRow; index: number }[]>();
  for (const [index, row] of rows.entries()) {
    const key = row.trial[0]?.value.text ?? '';
    lines.set(key, [...(lines.get(key) ?? []), { row, index }]);
  }
  const toCell = ({ row, index }: { row: SweepRow; index: number }): string => {
    const { f1 } = row.figures;
    const light = f1 === null ? 100 : 97 - f1 * 45;
    return `<td${index === best ? ' class="best"' : ''} style="background:hsl(135 40% ${light.toFixed(0)}%)">${writeFigure(f1)}</td>`;
  };
  return `<h2>F1</h2><div class="scroll"><table class="grid-table"><caption class="quiet">${escapeHtml(down ?? '')} down, ${escapeHtml(across ?? '')} across; the best is framed</caption><thead><tr><th></th>${acrossTexts.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('')}</tr></thead><tbody>${[...lines].map(([text, cells]) => `<tr><th scope="row">${escapeHtml(text)}</th>${cells.map(toCell).join('')}</tr>`).join('\n')}</tbody></table></div>`;
}

function toTable({ params, rows, best }: SweepResult): string {
  const isReviewed = rows.some(({ unreviewed }) => unreviewed !== null);
  const names = [
    'precision',
    'recall',
    'F1',
    'F1 biased',
    'mean delay (s)',
    'false alarms per camera hour',
    'found',
    'missed',
    'false',
    ...(isReviewed ? ['unreviewed'] : []),
  ];
  const lines = rows.map(({ trial, figures, unreviewed }, index) => {
    const cells = [
      writeFigure(figures.precision),
      writeFigure(figures.recall),
      writeFigure(figures.f1),
      writeFigure(figures.f1Alpha),
      writeFigure(figures.meanDelayS, 1),
      writeFigure(figures.falseAlarmsPerCameraHour, 2),
      figures.found,
      figures.missed,
      figures.falseAlarms,
      ...(isReviewed ? [unreviewed ?? 0] : []),
    ];
    return `<tr${index === best ? ' class="best"' : ''}>${trial.map(({ value }) => `<th scope="row">${escapeHtml(value.text)}</th>`).join('')}${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  return `<h2>Every number</h2><div class="scroll"><table><thead><tr>${[...params, ...names].map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join('')}</tr></thead><tbody>${lines.join('\n')}</tbody></table></div>`;
}
