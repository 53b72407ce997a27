import { type LabelDetector, type Model, openLabelDetector } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import { computeCocoAp } from '../eval/coco-ap.ts';
import type { Dataset, EvalPicture, Found } from '../eval/dataset.ts';
import { fitPicture } from '../eval/fit-picture.ts';
import { decodePicture } from '../eval/open-picture.ts';
import { toEvalThresholds } from '../eval/thresholds.ts';
import { measureAgreement } from './agreement.ts';
import { findSharedClasses } from './shared-classes.ts';

/** One model's figures over the shared classes, 0-1; -1: nothing to average over. */
export interface ComparedModel {
  readonly model: string;
  readonly ap50_95: number;
  readonly ap50: number;
  readonly perClass: Readonly<
    Record<string, { readonly ap50_95: number; readonly ap50: number; readonly truths: number }>
  >;
  /** Median and shortest time of one picture in the model, on one core. */
  readonly inferMs: number;
  readonly leastMs: number;
}

export interface ComparisonResult {
  readonly dataset: string;
  readonly pictures: number;
  readonly models: readonly ComparedModel[];
  /** Of each pair: share of what either reports at score 0.25 or more that the other reports too. */
  readonly agreement: readonly {
    readonly models: readonly [string, string];
    readonly share: number | null;
  }[];
  readonly notes: readonly string[];
}

export interface CompareOptions {
  readonly models: readonly Model[];
  readonly dataset: Dataset;
  readonly onProgress: (done: number, total: number) => void;
}

const quietLogger = { info() {}, warn() {}, error() {} };

/**
 * Runs models over the same pictures, each picture through all of them in turn with the order rotating, so that whatever
 * else the machine does falls on all alike.
 * @throws XunjieError `bad_dataset`, `model_failed`, and what opening a detector throws.
 */
export async function compareModels(options: CompareOptions): Promise<ComparisonResult> {
  const { models, dataset, onProgress } = options;
  const shared = findSharedClasses(
    models.map(({ card }) => card),
    dataset,
  );
  if (!shared.dataset.truths.some((truth) => !truth.isCrowd))
    throw new XunjieError(
      'bad_dataset',
      'nothing to compare: no thing of a shared class is marked in the pictures',
    );
  const detectors: LabelDetector[] = [];
  try {
    for (const model of models) detectors.push(await openOne(model));
    const runs = models.map(() => ({ found: [] as Found[], timesMs: [] as number[] }));
    for (const [index, picture] of dataset.pictures.entries()) {
      await runPicture(index, picture, { models, detectors, categoryOf: shared.categoryOf, runs });
      onProgress(index + 1, dataset.pictures.length);
    }
    const compared = models.map((model, m) => toFigures(model, shared.dataset, runs[m] as Run));
    const pairs = models.flatMap((_one, a) =>
      models.slice(a + 1).map((_other, i) => [a, a + 1 + i] as const),
    );
    return {
      dataset: dataset.source,
      pictures: dataset.pictures.length,
      models: compared,
      agreement: pairs.map(([a, b]) => ({
        models: [compared[a]?.model ?? '', compared[b]?.model ?? ''],
        share: measureAgreement(runs[a]?.found ?? [], runs[b]?.found ?? []),
      })),
      notes: [...dataset.notes, ...shared.notes],
    };
  } finally {
    await Promise.all(detectors.map((detector) => detector.close()));
  }
}

function openOne(model: Model): Promise<LabelDetector> {
  const thresholds = toEvalThresholds(model.card.head);
  return openLabelDetector({ model, workers: 1, providers: ['cpu'], logger: quietLogger, thresholds });
}

interface Run {
  readonly found: Found[];
  readonly timesMs: number[];
}

interface RunContext {
  readonly models: readonly Model[];
  readonly detectors: readonly LabelDetector[];
  readonly categoryOf: readonly (readonly (number | null)[])[];
  readonly runs: readonly Run[];
}

async function runPicture(index: number, picture: EvalPicture, context: RunContext): Promise<void> {
  const { models, detectors, categoryOf, runs } = context;
  const decoded = await decodePicture(picture);
  const { pixelWidth, pixelHeight } = decoded;
  for (let turn = 0; turn < models.length; turn++) {
    const m = (index + turn) % models.length;
    const [model, detector, run] = [models[m] as Model, detectors[m] as LabelDetector, runs[m] as Run];
    const before = detector.stats().inferMs;
    const found = await detector.detect(fitPicture(decoded, model.card.input));
    run.timesMs.push(detector.stats().inferMs - before);
    for (const { label, score, box } of found) {
      const category = categoryOf[m]?.[label] ?? null;
      if (category === null) continue;
      const [x1, y1, x2, y2] = box;
      run.found.push({
        picture: index,
        category,
        score,
        box: [x1 * pixelWidth, y1 * pixelHeight, (x2 - x1) * pixelWidth, (y2 - y1) * pixelHeight],
      });
    }
  }
}

function toFigures({ card }: Model, dataset: Dataset, { found, timesMs }: Run): ComparedModel {
  const { figures, categories } = computeCocoAp(dataset.truths, found, dataset.categories.length);
  const perClass = categories.flatMap(({ ap50_95, ap50, truths }, i) =>
    truths === 0
      ? []
      : [[dataset.categories[i] ?? '', { ap50_95: round(ap50_95), ap50: round(ap50), truths }] as const],
  );
  const sorted = timesMs.toSorted((a, b) => a - b);
  return {
    model: card.name,
    ap50_95: round(figures.ap50_95),
    ap50: round(figures.ap50),
    perClass: Object.fromEntries(perClass),
    inferMs: Number((sorted[Math.floor(sorted.length / 2)] ?? 0).toFixed(2)),
    leastMs: Number((sorted[0] ?? 0).toFixed(2)),
  };
}

function round(value: number): number {
  return Number(value.toFixed(5));
}
