import type { ClassEvaluation } from './evaluate.ts';
import type { CurvePoint } from './precision-recall.ts';

const width = 300;
const height = 210;
const margin = { left: 34, right: 10, top: 8, bottom: 30 };
const innerWidth = width - margin.left - margin.right;
const innerHeight = height - margin.top - margin.bottom;
const maxPoints = 250;

export const curveColours = {
  strong: '#1565c0',
  weak: '#90a4ae',
  precision: '#1565c0',
  recall: '#ef6c00',
  f1: '#2e7d32',
  best: '#c62828',
} as const;

type Pair = readonly [x: number, y: number];

/** Precision over recall at IoU 0.5 and 0.75 as inline SVG, with the point of the best F1. */
export function drawPrecisionRecall({ curve50, curve75, best }: ClassEvaluation): string {
  const toPairs = (curve: readonly CurvePoint[]): Pair[] =>
    curve.map(({ recall, precision }) => [recall, precision]);
  const dot =
    best === null
      ? ''
      : `<circle cx="${toX(best.recall)}" cy="${toY(best.precision)}" r="4" fill="${curveColours.best}"><title>threshold ${best.threshold.toFixed(3)}: precision ${best.precision.toFixed(3)}, recall ${best.recall.toFixed(3)}</title></circle>`;
  return frame(
    'recall',
    'precision',
    drawLine(toPairs(curve75), curveColours.weak) + drawLine(toPairs(curve50), curveColours.strong) + dot,
  );
}

/** Precision, recall and F1 over the threshold at IoU 0.5 as inline SVG, with the threshold of the best F1. */
export function drawThresholds({ curve50, best }: ClassEvaluation): string {
  const toPairs = (pick: (point: CurvePoint) => number): Pair[] =>
    curve50.map((point) => [point.score, pick(point)]);
  const mark =
    best === null
      ? ''
      : `<line x1="${toX(best.threshold)}" x2="${toX(best.threshold)}" y1="${toY(0)}" y2="${toY(1)}" stroke="${curveColours.best}" stroke-dasharray="3 3"/>`;
  return frame(
    'threshold',
    '',
    mark +
      drawLine(
        toPairs((point) => point.precision),
        curveColours.precision,
      ) +
      drawLine(
        toPairs((point) => point.recall),
        curveColours.recall,
      ) +
      drawLine(toPairs(toF1), curveColours.f1),
  );
}

function toF1({ precision, recall }: CurvePoint): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

function toX(share: number): string {
  return (margin.left + share * innerWidth).toFixed(1);
}

function toY(share: number): string {
  return (margin.top + (1 - share) * innerHeight).toFixed(1);
}

function drawLine(pairs: readonly Pair[], colour: string): string {
  if (pairs.length === 0) return '';
  const step = Math.max(1, Math.ceil(pairs.length / maxPoints));
  const shown = pairs.filter((_pair, i) => i % step === 0 || i === pairs.length - 1);
  const points = shown.map(([x, y]) => `${toX(x)},${toY(y)}`).join(' ');
  return `<polyline points="${points}" fill="none" stroke="${colour}" stroke-width="1.6" stroke-linejoin="round"/>`;
}

function frame(xTitle: string, yTitle: string, content: string): string {
  const lines = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const x = toX(share);
    const y = toY(share);
    return `<path d="M${x} ${toY(0)}V${toY(1)}M${toX(0)} ${y}H${toX(1)}" stroke="#e0e0e0"/><text x="${x}" y="${height - margin.bottom + 13}" text-anchor="middle">${share}</text><text x="${margin.left - 5}" y="${Number(y) + 3}" text-anchor="end">${share}</text>`;
  });
  return `<svg class="curve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${yTitle || 'precision, recall and F1'} over ${xTitle}">${lines.join('')}${content}<text x="${margin.left + innerWidth / 2}" y="${height - 4}" text-anchor="middle">${xTitle}</text><text transform="rotate(-90)" x="${-(margin.top + innerHeight / 2)}" y="9" text-anchor="middle">${yTitle}</text></svg>`;
}
