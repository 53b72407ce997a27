import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashFile, loadModel, type Model, type ModelCard, type Picture } from '../../detector/mod.ts';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { type AddedModel, installModel, refuseTakenName } from '../add-model.ts';
import { readStreet } from '../check-picture.ts';
import { type ComparisonResult, compareModels } from '../compare/compare-models.ts';
import type { Dataset } from '../eval/dataset.ts';
import { fitPicture } from '../eval/fit-picture.ts';
import { type OnnxModel, parseOnnx } from '../onnx/onnx-model.ts';
import { readPicture } from '../read-picture.ts';
import { checkModel } from '../self-check.ts';
import { findSensitive } from './find-sensitive.ts';
import { measureRanges } from './measure-ranges.ts';
import { planQuantization, type QuantizePlan } from './plan.ts';
import { writeInt8 } from './write-int8.ts';

export interface QuantizeOptions {
  readonly model: Model;
  readonly modelsDir: string;
  /** Default: the model's with `-int8`. */
  readonly name?: string;
  /** Folder of pictures like those the cameras see. */
  readonly picturesDir: string;
  /** Marked pictures to measure the loss on; `null`: it is not measured. */
  readonly dataset: Dataset | null;
  readonly onProgress: (step: string, done: number, total: number) => void;
}

export interface QuantizedModel extends AddedModel {
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  readonly convs: QuantizePlan['convs'];
  readonly pictures: number;
  /** The model as it was, then in int8; `null` without marked pictures. */
  readonly comparison: ComparisonResult | null;
}

const maxPictures = 64;
const picturesForSensitivity = 4;

/**
 * Writes an int8 version of a model beside the others, with its own card: ranges from pictures, sensitive convolutions
 * and the last layers left in float, and the loss measured.
 * @throws XunjieError `model_not_understood` (with the reason), `bad_argument` (pictures), `conflict`, `model_failed`,
 * `data_folder_unwritable`.
 */
export async function quantizeModel(options: QuantizeOptions): Promise<QuantizedModel> {
  const { model, modelsDir, picturesDir, dataset, onProgress } = options;
  const { card, weightsPath } = model;
  const name = options.name ?? `${card.name}-int8`;
  await refuseTakenName(modelsDir, name); // before minutes of work
  const bytes = await readFile(weightsPath);
  const onnx = parse(bytes, weightsPath);
  const plan = planQuantization(onnx, weightsPath);
  const pictures = await readPictures(picturesDir, card);
  const folder = await mkdtemp(path.join(tmpdir(), 'xunjie-quantize-'));
  try {
    onProgress('measuring ranges', 0, pictures.length);
    const ranges = await measureRanges({ model: onnx, card, tensors: plan.measured, pictures });
    const inFloat = await findSensitive({
      model: onnx,
      card,
      plan,
      ranges,
      pictures: pictures.slice(0, picturesForSensitivity),
      weightsPath,
      folder,
      onProgress: (done, total) => onProgress('trying convolutions', done, total),
    });
    const final = planQuantization(onnx, weightsPath, inFloat);
    const file = path.join(folder, `${name}.onnx`);
    await writeFile(file, writeInt8(onnx, final, ranges));
    const draft = await toCard(card, file, name, final.convs, pictures.length);
    const draftPath = path.join(folder, `${name}.json`);
    await writeFile(draftPath, JSON.stringify(draft));
    const checked = await checkModel(draft, file, await readStreet(), { colour: true, scale: true });
    const comparison =
      dataset === null
        ? null
        : await compareModels({
            models: [model, await loadModel(draftPath)],
            dataset,
            onProgress: (done, total) => onProgress('measuring the loss', done, total),
          });
    const added = await installModel({ ...draft, ...toMetrics(comparison) }, file, modelsDir);
    return {
      ...added,
      guesses: checked.sentences,
      bytesBefore: bytes.length,
      bytesAfter: (await readFile(file)).length,
      convs: final.convs,
      pictures: pictures.length,
      comparison,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parse(bytes: Buffer, file: string): OnnxModel {
  try {
    return parseOnnx(bytes);
  } catch (error) {
    throw new XunjieError('model_not_understood', `${file} cannot be quantised: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

/** Pictures spread over the folder, as many as ranges need. @throws XunjieError `bad_argument`, `file_not_found`. */
async function readPictures(folder: string, card: ModelCard): Promise<Picture[]> {
  let names: string[];
  try {
    names = (await readdir(folder, { recursive: true }))
      .filter((each) => /\.(?:jpe?g|png|webp)$/i.test(each))
      .toSorted();
  } catch (error) {
    throw new XunjieError('file_not_found', `--pictures ${folder}: ${toMessage(error)}`, { cause: error });
  }
  if (names.length === 0)
    throw new XunjieError('bad_argument', `--pictures ${folder}: no picture in it (JPEG, PNG, WebP)`);
  const step = Math.max(1, names.length / maxPictures);
  const pictures: Picture[] = [];
  for (let at = 0; at < names.length && pictures.length < maxPictures; at += step)
    pictures.push(fitPicture(await readPicture(path.join(folder, names[Math.floor(at)] ?? '')), card.input));
  return pictures;
}

async function toCard(
  card: ModelCard,
  file: string,
  name: string,
  convs: QuantizePlan['convs'],
  pictures: number,
): Promise<ModelCard> {
  const { metrics: _metrics, ...rest } = card;
  return {
    ...rest,
    name,
    file: path.basename(file),
    sha256: await hashFile(file),
    source: `${card.name} (SHA-256 ${card.sha256}) in int8, ${pictures} pictures for its ranges${card.source === undefined ? '' : `; ${card.source}`}`,
    notes: `${convs.int8} convolutions in int8, ${convs.float} in float. It gains where the processor has VNNI; older ones may even lose accuracy.${card.notes === undefined ? '' : ` ${card.notes}`}`,
  };
}

function toMetrics(comparison: ComparisonResult | null): Pick<ModelCard, 'metrics'> {
  const [before, after] = comparison?.models ?? [];
  if (before === undefined || after === undefined) return {};
  return {
    metrics: {
      ap50_95: after.ap50_95,
      ap50: after.ap50,
      ap50_95_in_float: before.ap50_95,
      ap50_in_float: before.ap50,
      ms: after.inferMs,
      ms_in_float: before.inferMs,
    },
  };
}
