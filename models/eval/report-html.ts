import { maxPerPicture, type ShownMistake } from './describe-mistake.ts';
import { curveColours, drawPrecisionRecall, drawThresholds } from './draw-curves.ts';
import { strokeColours } from './draw-mistake.ts';
import { escapeHtml } from './escape-html.ts';
import type { ClassEvaluation, Evaluation } from './evaluate.ts';
import type { ConfusedPair, MistakeCounts, Mistakes } from './find-mistakes.ts';
import { reportStyle } from './report-style.ts';

/** A mistake and the path of its picture, relative to the page. */
export interface PicturedMistake extends ShownMistake {
  readonly href: string;
}

/** The three kinds of pictures in the report. */
export interface PicturedMistakes {
  readonly wrong: readonly PicturedMistake[];
  readonly missed: readonly PicturedMistake[];
  readonly confusions: readonly PicturedMistake[];
}

export interface ReportPage {
  readonly evaluation: Evaluation;
  readonly mistakes: Mistakes;
  readonly pictured: PicturedMistakes;
  readonly writtenAt: Date;
}

/** Writes the report as one HTML page; only the pictures lie beside it. */
export function toReportHtml(page: ReportPage): string {
  const { evaluation, mistakes, pictured } = page;
  const { model } = evaluation;
  const title = `${model.card.name} on ${evaluation.pictures} pictures`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="xunjie models eval"><title>${escapeHtml(title)}</title><style>${reportStyle}</style></head><body>
${toHead(page, title)}
${toClassTable(evaluation, mistakes.counts)}
${toPairTable(mistakes.pairs, evaluation)}
${toPictures('wrong', 'Surest false alarms', `Detections with the highest scores that match nothing marked, whatever the threshold; at most ${maxPerPicture} of one picture. Some are things that nobody marked.`, pictured.wrong)}
${toPictures('missed', 'Largest missed things', `Marked things that no detection at its class's best threshold matches at IoU 0.5, largest first; at most ${maxPerPicture} of one picture.`, pictured.missed)}
${toPictures('confusions', 'Surest confusions', 'Detections that fit a marked thing of another class (IoU 0.5 or more), surest first.', pictured.confusions)}
${toCurves(evaluation)}
</body></html>
`;
}

function toHead({ evaluation, writtenAt }: ReportPage, title: string): string {
  const { model, dataset, figures, thresholds, notes, inferMs } = evaluation;
  const tile = (name: string, value: number, kind = ''): string =>
    `<div class="tile ${kind}"><b>${toFigure(value)}</b>${name}</div>`;
  const things = evaluation.classes.reduce((sum, each) => sum + each.truths, 0);
  const facts = [
    `dataset ${dataset.source}`,
    `${things} marked things in ${evaluation.classes.filter((each) => each.truths > 0).length} classes`,
    `head ${model.card.head}, input ${model.card.input.width}x${model.card.input.height}, SHA-256 ${model.card.sha256.slice(0, 12)}`,
    `detections from score ${thresholds.score}, NMS IoU ${thresholds.nmsIou}, at most ${thresholds.maxDetections} a picture`,
    `${inferMs.toFixed(1)} ms a picture in the model`,
    writtenAt.toISOString().replace('T', ' ').slice(0, 16),
  ];
  return `<h1>${escapeHtml(title)}</h1>
<p class="quiet facts">${facts.map(escapeHtml).join(' · ')}</p>
<div class="tiles">${tile('AP50-95', figures.ap50_95, 'main')}${tile('AP50', figures.ap50, 'main')}${tile('AP75', figures.ap75)}${tile('AP small', figures.apSmall)}${tile('AP medium', figures.apMedium)}${tile('AP large', figures.apLarge)}${tile('AR, 1 a picture', figures.ar1)}${tile('AR, 10', figures.ar10)}${tile('AR, 100', figures.ar100)}</div>
${notes.length > 0 ? `<ul class="quiet">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>` : ''}
<nav><a href="#classes">Classes</a><a href="#pairs">Mix-ups</a><a href="#wrong">False alarms</a><a href="#missed">Missed</a><a href="#confusions">Confusions</a><a href="#curves">Curves</a></nav>`;
}

function toClassTable({ classes }: Evaluation, counts: readonly MistakeCounts[]): string {
  const countsOf = new Map(counts.map((count) => [count.category, count]));
  const rows = sortClasses(classes).map((each) => {
    const { best } = each;
    const count = countsOf.get(each.category);
    const numbers = [count?.right, count?.missed, ...Object.values(count?.wrong ?? {})];
    return `<tr><td><a href="#class-${each.category}">${escapeHtml(each.name)}</a></td><td>${each.truths}</td>${toBar(each.ap50_95)}${toBar(each.ap50)}${toBar(each.ap75)}<td>${toFigure(best?.threshold)}</td>${toBar(best?.precision)}${toBar(best?.recall)}${toBar(best?.f1)}${numbers.map((value) => `<td${value === 0 ? ' class="none"' : ''}>${value ?? ''}</td>`).join('')}</tr>`;
  });
  const unmarked = classes.length - rows.length;
  return `<h2 id="classes">Classes</h2>
<p class="quiet">The threshold is the one with the best F1 at IoU 0.5; precision, recall and the counts to their right hold there. Wrong detections: a second one of the same thing, one of another class, one badly placed (IoU 0.1 to 0.5), one where nothing is marked.${unmarked > 0 ? ` ${unmarked} classes without a marked thing are not shown.` : ''}</p>
<div class="scroll"><table><thead><tr><th>class</th><th>marked</th><th>AP50-95</th><th>AP50</th><th>AP75</th><th>threshold</th><th>precision</th><th>recall</th><th>F1</th><th>right</th><th>missed</th><th>second<br>time</th><th>other<br>class</th><th>badly<br>placed</th><th>nothing<br>there</th></tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

/** Most marked things first: what the figures rest on. */
export function sortClasses(classes: readonly ClassEvaluation[]): ClassEvaluation[] {
  return classes.filter((each) => each.truths > 0).toSorted((a, b) => b.truths - a.truths);
}

function toPairTable(pairs: readonly ConfusedPair[], { dataset }: Evaluation): string {
  const maxPairs = 15;
  const name = (category: number): string => escapeHtml(dataset.categories[category] ?? '');
  const rows = pairs
    .slice(0, maxPairs)
    .map(
      ({ marked, reported, count }) =>
        `<tr><td>${name(marked)}</td><td style="text-align:left">${name(reported)}</td><td>${count}</td></tr>`,
    );
  const table =
    rows.length === 0
      ? '<p class="quiet">None.</p>'
      : `<table><thead><tr><th>marked</th><th style="text-align:left">reported</th><th>times</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  return `<h2 id="pairs">Mix-ups</h2><p class="quiet">What is reported as something else at the best thresholds, most frequent first${pairs.length > maxPairs ? `; ${pairs.length - maxPairs} rarer pairs are not shown` : ''}.</p>${table}`;
}

function toPictures(id: string, title: string, text: string, mistakes: readonly PicturedMistake[]): string {
  const figures = mistakes.map(
    ({ href, title: what, lines }) =>
      `<figure><a href="${escapeHtml(href)}"><img src="${escapeHtml(href)}" loading="lazy" alt="${escapeHtml(what)}"></a><figcaption><b>${escapeHtml(what)}</b>${lines.map(escapeHtml).join('<br>')}</figcaption></figure>`,
  );
  const key = (colour: string, words: string, dashed = ''): string =>
    `<span class="words"><span class="key ${dashed}" style="border-color:${colour}"></span>${words}</span>`;
  return `<h2 id="${id}">${title}</h2><p class="quiet">${text}${key(strokeColours.reported, 'reported')}${key(strokeColours.marked, 'marked', 'dashed')}${key(strokeColours.around, 'others of these classes marked')}</p>
${figures.length === 0 ? '<p class="quiet">None.</p>' : `<div class="grid">${figures.join('\n')}</div>`}`;
}

function toCurves({ classes }: Evaluation): string {
  const key = (colour: string, words: string): string =>
    `<span class="words"><span class="key" style="border-color:${colour}"></span>${words}</span>`;
  const pairs = sortClasses(classes).map((each) => {
    const best =
      each.best === null
        ? 'nothing found at any threshold'
        : `threshold ${toFigure(each.best.threshold)}: precision ${toFigure(each.best.precision)}, recall ${toFigure(each.best.recall)}, F1 ${toFigure(each.best.f1)}`;
    return `<div class="pair" id="class-${each.category}"><h3>${escapeHtml(each.name)}</h3><p class="quiet">${each.truths} marked · AP50-95 ${toFigure(each.ap50_95)}, AP50 ${toFigure(each.ap50)} · ${best}</p><div class="row">${drawPrecisionRecall(each)}${drawThresholds(each)}</div></div>`;
  });
  return `<h2 id="curves">Curves</h2><p class="quiet">Left: precision over recall${key(curveColours.strong, 'IoU 0.5')}${key(curveColours.weak, 'IoU 0.75')}. Right, at IoU 0.5:${key(curveColours.precision, 'precision')}${key(curveColours.recall, 'recall')}${key(curveColours.f1, 'F1')}${key(curveColours.best, 'best F1')}</p>
<div class="curves">${pairs.join('\n')}</div>`;
}

function toBar(value: number | undefined): string {
  if (value === undefined || value < 0) return '<td class="none">-</td>';
  return `<td class="bar" style="--share:${(value * 100).toFixed(1)}%">${toFigure(value)}</td>`;
}

function toFigure(value: number | undefined): string {
  return value === undefined || value < 0 ? '-' : value.toFixed(3);
}
