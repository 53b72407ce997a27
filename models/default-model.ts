import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { type ListedModel, listModels } from './list-models.ts';

/** Weights that come with the program. */
export const bundledName = 'street-nano';

/** One line with a name, beside the cards of the data folder. */
const choiceFile = 'default';

/** Name that `models set-default` wrote, or `null`. @throws XunjieError `bad_config` when the file says something odd. */
export async function readDefaultChoice(modelsDir: string): Promise<string | null> {
  const file = path.join(modelsDir, choiceFile);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new XunjieError('bad_config', `${file} cannot be read: ${toMessage(error)}`, { cause: error });
  }
  const name = text.trim();
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(name))
    throw new XunjieError(
      'bad_config',
      `${file}: expected the name of a model; write it with: npx xunjie models set-default NAME`,
    );
  return name;
}

/** Writes the choice whole or not at all; `null` takes it back. @throws XunjieError `data_folder_unwritable`. */
export async function writeDefaultChoice(modelsDir: string, name: string | null): Promise<void> {
  const file = path.join(modelsDir, choiceFile);
  try {
    if (name === null) return await rm(file, { force: true });
    await writeFile(`${file}.draft`, `${name}\n`);
    await rename(`${file}.draft`, file);
  } catch (error) {
    throw new XunjieError('data_folder_unwritable', `${file} cannot be written: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

export interface ModelFolders {
  /** `models/` of the data folder: what people added. */
  readonly added: string;
  /** `models/` of the program. */
  readonly bundled: string;
}

export type InstalledModel = ListedModel & { readonly origin: 'added' | 'bundled' };

/** All cards, the data folder's first. @throws XunjieError `file_not_found` when a folder is there but cannot be read. */
export async function listInstalled({ added, bundled }: ModelFolders): Promise<InstalledModel[]> {
  const own = (await listModels(added)).map((model) => ({ ...model, origin: 'added' as const }));
  const given = (await listModels(bundled)).map((model) => ({ ...model, origin: 'bundled' as const }));
  return [...own, ...given];
}

export function toListedName({ card, cardPath }: ListedModel): string {
  return card?.name ?? path.basename(cardPath, '.json');
}

/** The model of that name, an added one before a bundled one. @throws XunjieError `model_missing`, with what there is. */
export async function findInstalled(name: string, folders: ModelFolders): Promise<InstalledModel> {
  const models = await listInstalled(folders);
  const found = models.find((model) => toListedName(model) === name);
  if (found) return found;
  const names = models.map(toListedName);
  throw new XunjieError(
    'model_missing',
    `no model "${name}" is installed; ${names.length === 0 ? 'none is' : `there is ${names.join(', ')}`} (models list)`,
  );
}

/**
 * Card to use when nobody names a model: what `models set-default` chose, else the bundled one, else the first in order.
 * @throws XunjieError `model_missing` when the chosen one has gone or is broken: silently using another would be worse.
 */
export async function findDefaultModel(folders: ModelFolders): Promise<string | null> {
  const models = await listInstalled(folders);
  const choice = await readDefaultChoice(folders.added);
  if (choice !== null) {
    const chosen = models.find((model) => toListedName(model) === choice);
    if (chosen?.problem === null) return chosen.cardPath;
    throw new XunjieError(
      'model_missing',
      `the default model "${choice}" (${path.join(folders.added, choiceFile)}) ${chosen ? `cannot be used: ${chosen.problem}` : 'is not installed any more'}; choose another: npx xunjie models set-default NAME, or --none for the one that comes with the program`,
    );
  }
  const usable = models.filter((model) => model.problem === null);
  const bundled = usable.find((model) => model.origin === 'bundled' && toListedName(model) === bundledName);
  return (bundled ?? usable[0])?.cardPath ?? null;
}
