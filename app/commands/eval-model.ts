import path from 'node:path';
import type { Provider } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import {
  type EvaluationSummary,
  evaluateModel,
  readCocoDataset,
  readYoloDataset,
  summarise,
  toEvalThresholds,
  writeReport,
} from '../../models/mod.ts';
import { loadNamed, toModelFolders } from '../find-model.ts';
import { toTableLines } from '../text-table.ts';

export interface EvalModelOptions {
  readonly data: string;
  readonly coco?: string;
  readonly yolo?: string;
  readonly limit?: number;
  /** Default: as the model's family is measured. */
  readonly score?: number;
  readonly nmsIou?: number;
  readonly allowMissing: boolean;
  readonly json: boolean;
  /** `false`: `--no-report`. */
  readonly report: string | false;
  readonly provider?: readonly Provider[];
  readonly workers: number;
}

const progressEveryMs = 200;

/** Measures a model on marked pictures, prints the figures and writes the report. Returns the exit code. */
export async function evalModel(
  file: string,
  options: EvalModelOptions,
  print: (line: string) => void,
): Promise<number> {
  const { coco, yolo, allowMissing, workers, score, nmsIou } = options;
  const reading = { limit: options.limit ?? null, allowMissing };
  if ((coco === undefined) === (yolo === undefined))
    throw new XunjieError('bad_argument', 'name the marked pictures with either --coco or --yolo');
  const model = await loadNamed(file, toModelFolders(path.resolve(options.data)));
  const dataset =
    coco === undefined ? await readYoloDataset(yolo ?? '', reading) : await readCocoDataset(coco, reading);
  const usual = toEvalThresholds(model.card.head);
  const progress = openProgress();
  const evaluation = await evaluateModel({
    model,
    dataset,
    thresholds: {
      score: score ?? usual.score,
      nmsIou: nmsIou ?? usual.nmsIou,
      maxDetections: usual.maxDetections,
    },
    workers,
    ...(options.provider !== undefined && { providers: options.provider }),
    allowMissing,
    onProgress: progress.show,
  }).finally(progress.clear);
  if (evaluation.fallback !== null)
    process.stderr.write(`xunjie: ran on ${evaluation.provider}: ${evaluation.fallback}\n`);
  const page = options.report === false ? null : await writeReport(evaluation, options.report);
  const summary = summarise(evaluation);
  if (options.json) {
    print(JSON.stringify({ ...summary, report: page }));
    return 0;
  }
  for (const line of toLines(summary)) print(line);
  if (page !== null) print(`report: ${path.relative('', page)}`);
  return 0;
}

function toLines(summary: EvaluationSummary): string[] {
  const { thresholds, perClass } = summary;
  const classes = Object.entries(perClass)
    .filter(([, each]) => each.truths > 0)
    .toSorted(([, a], [, b]) => b.truths - a.truths);
  const truths = classes.reduce((sum, [, each]) => sum + each.truths, 0);
  return [
    `${summary.model}: ${summary.pictures} pictures, ${truths} marked things in ${classes.length} classes; detections from score ${thresholds.score}, NMS IoU ${thresholds.nmsIou}`,
    ...summary.notes.map((note) => `  ${note}`),
    '',
    ...toTableLines(
      ['AP50-95', 'AP50', 'AP75', 'small', 'medium', 'large'],
      [
        [summary.ap50_95, summary.ap50, summary.ap75, summary.apSmall, summary.apMedium, summary.apLarge].map(
          toFigure,
        ),
      ],
    ),
    '',
    ...toTableLines(
      ['class', 'marked', 'AP50-95', 'AP50', 'threshold', 'precision', 'recall', 'F1'],
      classes.map(([name, each]) => [
        name,
        String(each.truths),
        ...[each.ap50_95, each.ap50, each.threshold, each.precision, each.recall, each.f1].map(toFigure),
      ]),
    ),
    'threshold: the one with the best F1 at IoU 0.5; precision and recall hold there',
  ];
}

function toFigure(value: number | null): string {
  return value === null || value < 0 ? '-' : value.toFixed(3);
}

/** A counter on stderr, for people only. */
function openProgress(): { show: (done: number, total: number) => void; clear: () => void } {
  const { stderr } = process;
  let shownAtMs = 0;
  return {
    show(done, total) {
      const nowMs = performance.now();
      if (!stderr.isTTY || (nowMs - shownAtMs < progressEveryMs && done < total)) return;
      shownAtMs = nowMs;
      stderr.write(`\r${done} of ${total} pictures `);
    },
    clear() {
      if (stderr.isTTY && shownAtMs > 0) stderr.write('\r\u001b[K');
    },
  };
}
