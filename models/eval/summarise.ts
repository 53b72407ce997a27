import type { Evaluation } from './evaluate.ts';

/** One class in the JSON that the command prints; figures are 0-1. */
interface ClassSummary {
  readonly ap50_95: number;
  readonly ap50: number;
  /** At the threshold with the best F1 and IoU 0.5; `null` when the class has no marked thing. */
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Report what scores at least this; `null` when nothing right is found at any. */
  readonly threshold: number | null;
  /** Marked things that count. */
  readonly truths: number;
  /** Detections that count, at the lowest score evaluated. */
  readonly found: number;
}

/** The command's JSON. Means over nothing are -1, as COCO writes them. */
export interface EvaluationSummary {
  readonly model: string;
  readonly dataset: string;
  readonly pictures: number;
  readonly ap50_95: number;
  readonly ap50: number;
  readonly ap75: number;
  readonly apSmall: number;
  readonly apMedium: number;
  readonly apLarge: number;
  readonly ar1: number;
  readonly ar10: number;
  readonly ar100: number;
  readonly arSmall: number;
  readonly arMedium: number;
  readonly arLarge: number;
  readonly thresholds: Evaluation['thresholds'];
  readonly notes: readonly string[];
  readonly perClass: Readonly<Record<string, ClassSummary>>;
}

/** Boils an evaluation down to plain figures, rounded to five digits. */
export function summarise(evaluation: Evaluation): EvaluationSummary {
  const { model, dataset, figures, classes, thresholds, notes } = evaluation;
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([name, value]) => [name, round(value as number)]),
  ) as unknown as Evaluation['figures'];
  return {
    model: model.card.name,
    dataset: dataset.source,
    pictures: evaluation.pictures,
    ...rounded,
    thresholds,
    notes,
    perClass: Object.fromEntries(
      classes.map(({ name, best, truths, found, ap50_95, ap50 }): [string, ClassSummary] => {
        const none = truths === 0 ? null : 0;
        return [
          name,
          {
            ap50_95: round(ap50_95),
            ap50: round(ap50),
            precision: best === null ? none : round(best.precision),
            recall: best === null ? none : round(best.recall),
            f1: best === null ? none : round(best.f1),
            threshold: best === null ? null : best.threshold,
            truths,
            found,
          },
        ];
      }),
    ),
  };
}

function round(value: number): number {
  return Number(value.toFixed(5));
}
