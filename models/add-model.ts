import { constants } from 'node:fs';
import { access, copyFile, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { guessCard, loadModel, type ModelCard } from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { checkModel } from './self-check.ts';

export interface AddedModel {
  readonly card: ModelCard;
  readonly cardPath: string;
  /** What was worked out or assumed, in sentences for a person to check. */
  readonly guesses: string[];
}

/**
 * Copies an ONNX file into the models folder, works its head out, tries it on a drawn picture and writes its card
 * `<name>.json`. Nothing is left behind when a step fails.
 * @throws XunjieError `model_missing`, `model_not_understood`, `model_failed`, `bad_argument` (name), `conflict` (name
 * taken), `data_folder_unwritable`.
 */
export async function addModel(options: {
  file: string;
  modelsDir: string;
  name?: string;
}): Promise<AddedModel> {
  const { file, modelsDir } = options;
  await refuseMissing(file);
  if (options.name !== undefined) refuseOddName(options.name);
  const guess = await guessCard(path.resolve(file));
  const name = options.name ?? guess.card.name;
  const card: ModelCard = { ...guess.card, name, file: `${name}.onnx` };
  const weightsPath = path.resolve(modelsDir, card.file);
  const cardPath = path.resolve(modelsDir, `${name}.json`);
  await refuseTaken(cardPath, name);
  // A file that lies there already, without a card, becomes the model where it is.
  const isInPlace = await isSameFile(file, weightsPath);
  if (!isInPlace) await refuseTaken(weightsPath, name);
  const draft = `${cardPath}.draft.json`;
  await writeInto(modelsDir, () => mkdir(modelsDir, { recursive: true }));
  if (!isInPlace) await writeInto(modelsDir, () => copyFile(file, weightsPath, constants.COPYFILE_EXCL));
  try {
    await writeInto(modelsDir, () => writeFile(draft, `${JSON.stringify(card, null, 2)}\n`));
    const selfCheck = await checkModel(await loadModel(draft));
    await writeInto(modelsDir, () => rename(draft, cardPath));
    return { card, cardPath, guesses: [...guess.guesses, selfCheck] };
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
