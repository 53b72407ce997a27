import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { formatDuration } from '../../domain/mod.ts';
import { escapeHtml, reportStyle } from '../../models/mod.ts';
import type { Change } from '../../rules/mod.ts';
import type { Replayed, ReplayOptions } from '../commands/replay.ts';
import type { ReplayCandidate } from './candidate-row.ts';
import { countChanges } from './print-changes.ts';
import { writeFigure } from './print-score.ts';
import type { Still, Stills } from './stills.ts';

export interface ReplayPage {
  readonly replayed: Replayed;
  readonly stills: Stills;
  readonly options: Pick<ReplayOptions, 'log' | 'from' | 'to' | 'scene' | 'diff'>;
}

const pageStyle = `
td, th { text-align: left; vertical-align: top; white-space: normal; }
td.time { white-space: nowrap; font-variant-numeric: tabular-nums; }
td.why { min-width: 240px; max-width: 440px; }
tr.appears td:first-child { border-left: 4px solid #2e7d32; }
tr.vanishes td:first-child { border-left: 4px solid #c62828; }
tr.moves td:first-child { border-left: 4px solid #ef6c00; }
td.stills { white-space: nowrap; }
td.stills img { height: 96px; border: 1px solid #d0d7de; margin-right: 6px; vertical-align: top; }
code { font-size: 13px; }
`;

/** Writes `replay.html`: one page, no script; only the pictures lie beside it. Returns its path. */
export async function writeReplayPage(out: string, page: ReplayPage): Promise<string> {
  const file = path.join(out, 'replay.html');
  await writeFile(file, toReplayHtml(page));
  return file;
}

export function toReplayHtml({ replayed, stills, options }: ReplayPage): string {
  const { changes, candidates, suppressed, folded } = replayed;
  const title = changes === null ? `${candidates.length} candidates` : countChanges(changes);
  const facts = [
    `log ${options.log ?? `of the program, ${options.from ?? 'all'} to ${options.to ?? 'now'}`}`,
    `scene ${options.scene ?? 'as the program has it'}`,
    ...(options.diff === undefined ? [] : [`compared with ${options.diff}`]),
    ...folded.cameras.map(
      ({ camera, batches, fromMs, toMs }) =>
        `${camera}: ${batches} samples in ${formatDuration(toMs - fromMs)}`,
    ),
  ];
  const lines = [
    ...replayed.counterLines,
    ...replayed.notes,
    ...stills.problems.map((why) => `no pictures: ${why}`),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="xunjie replay"><title>Replay: ${escapeHtml(title)}</title><style>${reportStyle}${pageStyle}</style></head><body>
<h1>${escapeHtml(title)}</h1>
<p class="quiet facts">${facts.map(escapeHtml).join(' · ')}</p>
${lines.length > 0 ? `<ul class="quiet">${lines.map((line) => `<li>${escapeHtml(line)}</li>`).join('')}</ul>` : ''}
${changes === null ? '' : toChangeTable(changes, replayed, stills)}
${toCandidateTable('Candidates', candidates, replayed, changes === null ? stills : null)}
${suppressed.length > 0 ? toCandidateTable('Held back', suppressed, replayed, null) : ''}
${toScore(replayed)}
</body></html>
`;
}

function toChangeTable(changes: readonly Change[], { time }: Replayed, stills: Stills): string {
  const different = changes.filter(({ kind }) => kind !== 'same');
  if (different.length === 0) return '<p>Both scenes raise the same.</p>';
  const rows = different.map(({ kind, before, after, why }) => {
    const facts = after ?? before;
    if (facts === null) throw new Error('a change of nothing');
    const write = (ms: number | null | undefined): string =>
      ms == null ? '-' : time.write(ms, facts.camera);
    return `<tr class="${kind}"><td>${kind}</td><td>${escapeHtml(facts.camera)}</td><td>${facts.offence.replaceAll('_', ' ')}</td><td>${escapeHtml(facts.zone)}</td><td>${facts.class.replaceAll('_', ' ')}</td><td class="time">${write(facts.fromMs)}</td><td class="time">${write(before?.raisedAtMs)}</td><td class="time">${write(after?.raisedAtMs)}</td><td class="why">${escapeHtml(why)}</td><td class="stills">${toImages(stills.of.get(facts.id) ?? [], facts.id)}</td></tr>`;
  });
  return `<h2 id="changes">What is different</h2><div class="scroll"><table><thead><tr><th></th><th>camera</th><th>offence</th><th>zone</th><th>class</th><th>from${toUnit(time.isClip)}</th><th>raised before${toUnit(time.isClip)}</th><th>raised now${toUnit(time.isClip)}</th><th>why</th><th>pictures</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function toCandidateTable(
  title: string,
  candidates: readonly ReplayCandidate[],
  { time }: Replayed,
  stills: Stills | null,
): string {
  if (candidates.length === 0) return `<h2>${title}</h2><p>None.</p>`;
  const rows = candidates.map((one) => {
    const write = (ms: number | null): string => (ms === null ? '-' : time.write(ms, one.camera));
    return `<tr id="${escapeHtml(one.id)}"><td>${escapeHtml(one.camera)}</td><td>${one.offence.replaceAll('_', ' ')}</td><td>${escapeHtml(one.zone)}</td><td>${one.class.replaceAll('_', ' ')}</td><td class="time">${write(one.fromMs)}</td><td class="time">${one.toMs === null ? 'still there' : write(one.toMs)}</td><td class="time">${one.suppressed === null ? write(one.raisedAtMs) : escapeHtml(one.suppressed)}</td><td class="why">${escapeHtml(one.explanation)}<br><code>${escapeHtml(one.id)}</code></td>${stills === null ? '' : `<td class="stills">${toImages(stills.of.get(one.id) ?? [], one.id)}</td>`}</tr>`;
  });
  return `<h2>${title}</h2><div class="scroll"><table><thead><tr><th>camera</th><th>offence</th><th>zone</th><th>class</th><th>from${toUnit(time.isClip)}</th><th>to${toUnit(time.isClip)}</th><th>${title === 'Candidates' ? `raised${toUnit(time.isClip)}` : 'reason'}</th><th>why</th>${stills === null ? '' : '<th>pictures</th>'}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function toUnit(isClip: boolean): string {
  return isClip ? ' (s)' : '';
}

function toImages(stills: readonly Still[], id: string): string {
  return stills
    .map(
      ({ href, title }) =>
        `<a href="${escapeHtml(href)}"><img src="${escapeHtml(href)}" loading="lazy" alt="${escapeHtml(`${id}: ${title}`)}" title="${escapeHtml(title)}"></a>`,
    )
    .join('');
}

function toScore({ score, time }: Replayed): string {
  if (score === null) return '';
  const { figures } = score;
  const tile = (name: string, value: string, kind = ''): string =>
    `<div class="tile ${kind}"><b>${value}</b>${name}</div>`;
  const rows = score.events.map(
    ({ event, verdict, dueMs, delayMs }) =>
      `<tr><td>${escapeHtml(event.camera)}</td><td>${escapeHtml(event.id)}</td><td>${verdict.replace('_', ' ')}</td><td class="time">${time.write(dueMs, event.camera)}</td><td class="time">${delayMs === null ? '-' : (delayMs / 1000).toFixed(1)}</td></tr>`,
  );
  return `<h2 id="score">Against the truth</h2>
<div class="tiles">${tile('precision', writeFigure(figures.precision), 'main')}${tile('recall', writeFigure(figures.recall), 'main')}${tile('F1', writeFigure(figures.f1), 'main')}${tile(`F1, recall bias ${figures.alpha}`, writeFigure(figures.f1Alpha))}${tile('mean delay, s', writeFigure(figures.meanDelayS, 1))}${tile('false alarms per camera hour', writeFigure(figures.falseAlarmsPerCameraHour, 2))}</div>
<p class="quiet">An alarm is true within 10 s after the threshold (${score.earlyMs / 1000} s before it), one per event; every other is false.</p>
<div class="scroll"><table><thead><tr><th>camera</th><th>event</th><th>verdict</th><th>due${toUnit(time.isClip)}</th><th>delay (s)</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>
${score.notes.length > 0 ? `<ul class="quiet">${score.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>` : ''}`;
}
