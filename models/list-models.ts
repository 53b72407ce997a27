import { access, readdir } from 'node:fs/promises';
import path from 'node:path';
import { type ModelCard, readModelCard } from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';

/** A card in the models folder, or why it cannot be used. */
export type ListedModel =
  | { readonly cardPath: string; readonly card: ModelCard; readonly problem: null }
  | { readonly cardPath: string; readonly card: ModelCard | null; readonly problem: string };

/**
 * Lists the cards of a folder in the order of their file names; an absent folder has none. Weights are looked for but
 * not hashed: `loadModel` does that.
 * @throws XunjieError `file_not_found` when the folder is there but cannot be read.
 */
export async function listModels(modelsDir: string): Promise<ListedModel[]> {
  let names: string[];
  try {
    names = await readdir(modelsDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new XunjieError('file_not_found', `${modelsDir} cannot be read: ${toMessage(error)}`, {
      cause: error,
    });
  }
  const cards = names.filter((name) => name.endsWith('.json') && !name.endsWith('.draft.json')).toSorted();
  return Promise.all(cards.map((name) => readListed(path.resolve(modelsDir, name))));
}

async function readListed(cardPath: string): Promise<ListedModel> {
  let card: ModelCard;
  try {
    card = await readModelCard(cardPath);
  } catch (error) {
    return { cardPath, card: null, problem: toMessage(error) };
  }
  const weightsPath = path.resolve(path.dirname(cardPath), card.file);
  try {
    await access(weightsPath);
  } catch (error) {
    return { cardPath, card, problem: `no model at ${weightsPath}: ${toMessage(error)}` };
  }
  return { cardPath, card, problem: null };
}
