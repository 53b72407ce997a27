import type { Model } from '../../detector/mod.ts';
import { type DetectorStats, openLabelDetector, type Provider } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import { type CategoryFigures, type CocoFigures, computeCocoAp } from './coco-ap.ts';
import type { Dataset } from './dataset.ts';
import { detectAll } from './detect-all.ts';
import { list, matchLabels } from './match-labels.ts';
import { findBestF1, type OperatingPoint } from './precision-recall.ts';
import type { EvalThresholds } from './thresholds.ts';

/** One class of the dataset that the model has a label for. */
export interface ClassEvaluation extends CategoryFigures {
  readonly name: string;
  readonly category: number;
  /** `null` when the class has no marked thing or none of them is found. */
  readonly best: OperatingPoint | null;
}

export interface Evaluation {
  readonly model: Model;
  /** Without the marks in pictures that could not be decoded, and of classes that the model does not know. */
  readonly dataset: Dataset;
  /** Pictures looked at. */
  readonly pictures: number;
  readonly thresholds: EvalThresholds;
  readonly figures: CocoFigures;
  readonly classes: readonly ClassEvaluation[];
  /** What was left out or assumed, in sentences. */
  readonly notes: readonly string[];
  /** Time of one picture in the model, milliseconds, without decoding. */
  readonly inferMs: number;
  /** What ran the model, and why it is not what was asked for first. */
  readonly provider: DetectorStats['provider'];
  readonly fallback: string | null;
}

interface EvaluateOptions {
  readonly model: Model;
  readonly dataset: Dataset;
  readonly thresholds: EvalThresholds;
  readonly workers: number;
  /** What may run the model, in the order of preference; default the processor. */
  readonly providers?: readonly Provider[];
  readonly allowMissing: boolean;
  readonly onProgress: (done: number, total: number) => void;
}

const quietLogger = { info() {}, warn() {}, error() {} };

/**
 * Runs a model over a dataset and computes COCO's figures over the classes that both know.
 * @throws XunjieError `bad_dataset`, `model_failed`, and what opening a detector throws.
 */
export async function evaluateModel(options: EvaluateOptions): Promise<Evaluation> {
  const { model, dataset, thresholds, workers, onProgress, providers = ['cpu'] } = options;
  const labels = matchLabels(model.card.labels, dataset.categories);
  const notes = [...dataset.notes];
  if (labels.renamed.length > 0) notes.push(`taken as the same: ${labels.renamed.join(', ')}`);
  const unmatched = new Set(labels.unmatchedCategories);
  if (!dataset.truths.some((truth) => !unmatched.has(truth.category) && !truth.isCrowd))
    throw new XunjieError(
      'bad_dataset',
      `nothing to measure: no thing of a class that the model knows is marked in the ${dataset.pictures.length} pictures`,
    );
  const detector = await openLabelDetector({ model, workers, providers, logger: quietLogger, thresholds });
  try {
    const { found, foreign, broken } = await detectAll({
      detector,
      input: model.card.input,
      pictures: dataset.pictures,
      categoryOf: labels.categoryOf,
      atOnce: workers * 2,
      allowBroken: options.allowMissing,
      onProgress,
    });
    if (broken.size === dataset.pictures.length)
      throw new XunjieError('bad_dataset', `no picture can be decoded: ${[...broken.values()][0]}`);
    for (const reason of broken.values()) notes.push(`left out: ${reason}`);
    if (labels.unknownLabels.length > 0)
      notes.push(
        `labels that the dataset does not have, ignored (${foreign} detections): ${list(labels.unknownLabels)}`,
      );
    if (unmatched.size > 0)
      notes.push(
        `classes that the model has no label for, not counted: ${list([...unmatched].map((i) => dataset.categories[i] ?? ''))}`,
      );
    const truths = dataset.truths.filter(
      (truth) => !unmatched.has(truth.category) && !broken.has(truth.picture),
    );
    const { figures, categories } = computeCocoAp(truths, found, dataset.categories.length);
    const classes = categories.flatMap((each, category) =>
      unmatched.has(category)
        ? []
        : [
            {
              ...each,
              name: dataset.categories[category] ?? '',
              category,
              best: findBestF1(each.curve50),
            },
          ],
    );
    const stats = detector.stats();
    const inferMs = stats.inferMs / Math.max(1, stats.done);
    return {
      model,
      dataset: { ...dataset, truths },
      pictures: dataset.pictures.length - broken.size,
      thresholds,
      figures,
      classes,
      notes,
      inferMs,
      provider: stats.provider,
      fallback: stats.fallback,
    };
  } finally {
    await detector.close();
  }
}
