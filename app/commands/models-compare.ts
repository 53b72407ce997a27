import path from 'node:path';
import type { Model } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import {
  type ComparisonResult,
  compareModels,
  type Dataset,
  readCocoDataset,
  readYoloDataset,
} from '../../models/mod.ts';
import { loadNamed, toModelFolders } from '../find-model.ts';
import { openStepProgress } from '../step-progress.ts';
import { toTableLines } from '../text-table.ts';

export interface MarkedPictures {
  readonly coco?: string;
  readonly yolo?: string;
  readonly limit?: number;
}

export interface CompareCommand extends MarkedPictures {
  readonly data: string;
  readonly json: boolean;
}

/** Runs models over the same marked pictures and prints their figures side by side. Returns the exit code. */
export async function compareNamedModels(
  names: readonly string[],
  options: CompareCommand,
  print: (line: string) => void,
): Promise<number> {
  if (names.length < 2) throw new XunjieError('bad_argument', 'name two models or more');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new XunjieError('bad_argument', `${twice} is named twice`);
  const dataset = await readMarked(options);
  if (dataset === null)
    throw new XunjieError('bad_argument', 'name the marked pictures with either --coco or --yolo');
  const models: Model[] = [];
  for (const name of names) models.push(await loadNamed(name, toModelFolders(path.resolve(options.data))));
  const progress = openStepProgress();
  const result = await compareModels({
    models,
    dataset,
    onProgress: (done, total) => progress.show('pictures', done, total),
  }).finally(progress.clear);
  if (options.json) print(JSON.stringify(result));
  else for (const line of toComparisonLines(result)) print(line);
  return 0;
}

/** The marked pictures that were named; `null` when none were. @throws XunjieError `bad_argument`, `bad_dataset`. */
export async function readMarked({ coco, yolo, limit }: MarkedPictures): Promise<Dataset | null> {
  if (coco !== undefined && yolo !== undefined)
    throw new XunjieError('bad_argument', 'name the marked pictures with either --coco or --yolo');
  const reading = { limit: limit ?? null, allowMissing: false };
  if (coco !== undefined) return readCocoDataset(coco, reading);
  return yolo === undefined ? null : readYoloDataset(yolo, reading);
}

export function toComparisonLines({ models, pictures, agreement, notes }: ComparisonResult): string[] {
  const classes = [...new Set(models.flatMap((model) => Object.keys(model.perClass)))];
  const truths = (name: string): number => models[0]?.perClass[name]?.truths ?? 0;
  const rows = classes
    .toSorted((a, b) => truths(b) - truths(a))
    .map((name) => [
      name,
      String(truths(name)),
      ...models.map((model) => toFigure(model.perClass[name]?.ap50)),
    ]);
  return [
    `${pictures} pictures, each through all models in turn, on one core each`,
    ...notes.map((note) => `  ${note}`),
    '',
    ...toTableLines(
      ['model', 'AP50-95', 'AP50', 'ms (median)', 'ms (least)'],
      models.map((model) => [
        model.model,
        toFigure(model.ap50_95),
        toFigure(model.ap50),
        model.inferMs.toFixed(1),
        model.leastMs.toFixed(1),
      ]),
    ),
    '',
    ...toTableLines(['AP50 by class', 'marked', ...models.map(({ model }) => model)], rows),
    '',
    ...agreement.map(
      ({ models: [a, b], share }) =>
        `${a} and ${b} ${share === null ? 'both report nothing' : `report the same things in ${(share * 100).toFixed(0)} % of cases`} (score 0.25 or more)`,
    ),
  ];
}

function toFigure(value: number | undefined): string {
  return value === undefined || value < 0 ? '-' : value.toFixed(3);
}
