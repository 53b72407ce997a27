import path from 'node:path';
import { XunjieError } from '../../domain/mod.ts';
import { type QuantizedModel, quantizeModel } from '../../models/mod.ts';
import { makeFolder } from '../../platform/mod.ts';
import { loadNamed, toModelFolders } from '../find-model.ts';
import { openStepProgress } from '../step-progress.ts';
import { describeUse } from './models.ts';
import { type MarkedPictures, readMarked, toComparisonLines } from './models-compare.ts';
import { toMegabytes } from './models-list.ts';

export interface QuantizeCommand extends MarkedPictures {
  readonly data: string;
  readonly pictures?: string;
  readonly name?: string;
  readonly json: boolean;
}

/** Writes an int8 version of a model and says what it costs and gains. Returns the exit code. */
export async function quantizeNamedModel(
  name: string,
  options: QuantizeCommand,
  print: (line: string) => void,
): Promise<number> {
  if (options.pictures === undefined)
    throw new XunjieError(
      'bad_argument',
      '--pictures FOLDER is missing: pictures like those that the cameras see, unmarked; 30 or more are good',
    );
  const folders = toModelFolders(path.resolve(options.data));
  const dataset = await readMarked(options);
  const model = await loadNamed(name, folders);
  makeFolder(folders.added);
  const progress = openStepProgress();
  const result = await quantizeModel({
    model,
    modelsDir: folders.added,
    picturesDir: options.pictures,
    dataset,
    onProgress: progress.show,
    ...(options.name !== undefined && { name: options.name }),
  }).finally(progress.clear);
  if (options.json) {
    print(JSON.stringify(result));
    return 0;
  }
  print(`${result.card.name}: ${result.cardPath}`);
  for (const line of toLines(result)) print(`  ${line}`);
  if (result.comparison !== null) for (const line of toComparisonLines(result.comparison)) print(line);
  print(await describeUse(result.card.name, result.cardPath, options.data));
  return 0;
}

function toLines(result: QuantizedModel): string[] {
  const { convs, bytesBefore, bytesAfter, comparison } = result;
  return [
    `${convs.int8} of ${convs.int8 + convs.float} convolutions in int8; ranges from ${result.pictures} pictures`,
    `${toMegabytes(bytesBefore)} MB before, ${toMegabytes(bytesAfter)} MB now`,
    ...result.guesses,
    ...(comparison === null
      ? [
          'warning: the loss is not measured; name marked pictures with --coco or --yolo, or see models compare',
        ]
      : describeLoss(comparison)),
  ];
}

function describeLoss({ models }: NonNullable<QuantizedModel['comparison']>): string[] {
  const [before, after] = models;
  if (before === undefined || after === undefined) return [];
  const lost = before.ap50 - after.ap50;
  const gain = before.leastMs / after.leastMs;
  return [
    `AP50 ${before.ap50.toFixed(3)} before, ${after.ap50.toFixed(3)} now: ${lost > 0 ? `${lost.toFixed(3)} lost` : 'nothing lost'}${lost > 0.02 ? '; that is much, do not use it unless you must' : ''}`,
    `${before.leastMs.toFixed(1)} ms a picture before, ${after.leastMs.toFixed(1)} ms now (shortest): ${gain > 1.05 ? `${gain.toFixed(2)} times as fast` : gain < 0.95 ? `slower on this machine; keep ${before.model}` : 'no faster on this machine'}`,
  ];
}
