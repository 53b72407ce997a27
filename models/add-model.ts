import { constants } from 'node:fs';
import { access, copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type CardWishes,
  guessCard,
  hashFile,
  listExternalFiles,
  loadModel,
  type ModelCard,
} from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { readOwnPicture, readStreet } from './check-picture.ts';
import { checkModel } from './self-check.ts';

export interface AddedModel {
  readonly card: ModelCard;
  readonly cardPath: string;
  /** What was worked out or assumed, in sentences for a person to check. */
  readonly guesses: string[];
}

export interface AddModelOptions {
  readonly file: string;
  readonly modelsDir: string;
  readonly name?: string;
  /** What a person says of the model, in place of guesses. */
  readonly wishes?: CardWishes;
  /** Picture for the self-check; default the project's own. */
  readonly picture?: string;
  /** What is known of the weights and cannot be read from them. */
  readonly facts?: Pick<ModelCard, 'source' | 'metrics' | 'notes'>;
}

/**
 * Works an ONNX file's head out, tries it on a picture, copies it into the models folder and writes its card
 * `<name>.json`. Nothing is left behind when a step fails.
 * @throws XunjieError `model_missing`, `model_not_understood`, `model_failed`, `bad_argument` (name, wishes, picture),
 * `file_not_found` (picture), `conflict` (name taken), `data_folder_unwritable`.
 */
export async function addModel(options: AddModelOptions): Promise<AddedModel> {
  const { modelsDir, wishes = {} } = options;
  const file = path.resolve(options.file);
  await refuseMissing(options.file);
  if (options.name !== undefined) refuseOddName(options.name);
  await refuseExternalFiles(file);
  const check = options.picture === undefined ? await readStreet() : await readOwnPicture(options.picture);
  const guess = await guessCard(file, wishes, check.picture);
  const name = options.name ?? guess.card.name;
  const weightsPath = path.resolve(modelsDir, `${name}.onnx`);
  const cardPath = path.resolve(modelsDir, `${name}.json`);
  await refuseTaken(cardPath, name);
  // A file that lies there already, without a card, becomes the model where it is.
  const isInPlace = await isSameFile(file, weightsPath);
  if (!isInPlace) await refuseTaken(weightsPath, name);
  const named: ModelCard = { ...guess.card, ...options.facts, name, file: `${name}.onnx` };
  const { card, sentences } = await checkModel(named, file, check, {
    colour: wishes.colour !== undefined,
    scale: wishes.scale !== undefined || wishes.mean !== undefined || wishes.std !== undefined,
  });
  await install(card, file, { weightsPath, cardPath, isInPlace });
  return { card, cardPath, guesses: [...guess.guesses, ...sentences] };
}

/** @throws XunjieError `bad_argument` (no name at all), `conflict` (name taken). */
export async function refuseTakenName(modelsDir: string, name: string): Promise<void> {
  refuseOddName(name);
  for (const ending of ['json', 'onnx'])
    await refuseTaken(path.resolve(modelsDir, `${name}.${ending}`), name);
}

/**
 * Takes a model whose card is known, and tried, into the models folder.
 * @throws XunjieError `bad_argument` (name), `conflict` (name taken), `data_folder_unwritable`.
 */
export async function installModel(card: ModelCard, file: string, modelsDir: string): Promise<AddedModel> {
  await refuseTakenName(modelsDir, card.name);
  const weightsPath = path.resolve(modelsDir, `${card.name}.onnx`);
  const cardPath = path.resolve(modelsDir, `${card.name}.json`);
  const named = { ...card, file: `${card.name}.onnx` };
  await install(named, file, { weightsPath, cardPath, isInPlace: false });
  return { card: named, cardPath, guesses: [] };
}

async function install(
  card: ModelCard,
  file: string,
  { weightsPath, cardPath, isInPlace }: { weightsPath: string; cardPath: string; isInPlace: boolean },
): Promise<void> {
  const modelsDir = path.dirname(cardPath);
  const draft = `${cardPath}.draft.json`;
  await writeInto(modelsDir, () => mkdir(modelsDir, { recursive: true }));
  if (!isInPlace) await writeInto(modelsDir, () => copyFile(file, weightsPath, constants.COPYFILE_EXCL));
  try {
    if ((await hashFile(weightsPath)) !== card.sha256)
      throw new XunjieError('conflict', `${file} changed while it was being tried; add it again`);
    await writeInto(modelsDir, () => writeFile(draft, `${JSON.stringify(card, null, 2)}\n`));
    await loadModel(draft);
    await writeInto(modelsDir, () => rename(draft, cardPath));
  } catch (error) {
    if (!isInPlace) await rm(weightsPath, { force: true });
    await rm(draft, { force: true });
    throw error;
  }
}

function refuseOddName(name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw new XunjieError(
      'bad_argument',
      `"${name}" is no name for a model: letters, digits, dots, dashes, up to 100`,
    );
}

/** A card vouches for one file by its hash; weights kept elsewhere would go unchecked, and missing after the copy. */
async function refuseExternalFiles(file: string): Promise<void> {
  const others = await listExternalFiles(file);
  if (others.length > 0)
    throw new XunjieError(
      'model_not_understood',
      `${file} keeps its weights in another file (${others.slice(0, 3).join(', ')}); write both into one first, in Python: onnx.save(onnx.load("${path.basename(file)}"), "one.onnx")`,
    );
}

async function refuseMissing(file: string): Promise<void> {
  const isThere = await stat(file).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (!isThere) throw new XunjieError('model_missing', `no model at ${file}: no such file`);
}

async function refuseTaken(target: string, name: string): Promise<void> {
  const isTaken = await access(target).then(
    () => true,
    () => false,
  );
  if (isTaken)
    throw new XunjieError('conflict', `there is a model ${name} already (${target}); choose another name`);
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const facts = await Promise.all([stat(a), stat(b).catch(() => null)]);
  return facts[1] !== null && facts[0].ino === facts[1].ino && facts[0].dev === facts[1].dev;
}

async function writeInto(modelsDir: string, write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new XunjieError('data_folder_unwritable', `${modelsDir} cannot be written: ${toMessage(error)}`, {
      cause: error,
    });
  }
}
