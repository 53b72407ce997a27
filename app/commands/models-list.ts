import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ModelCard } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import {
  findDefaultModel,
  findInstalled,
  type InstalledModel,
  listInstalled,
  type ModelFolders,
  readDefaultChoice,
  toListedName,
  writeDefaultChoice,
} from '../../models/mod.ts';
import { makeFolder } from '../../platform/mod.ts';
import { loadNamed, toModelFolders } from '../find-model.ts';
import { toTableLines } from '../text-table.ts';

export interface ListOptions {
  readonly data: string;
  readonly json: boolean;
}

/** Prints what is installed, the one that runs when none is named marked. Returns the exit code. */
export async function listInstalledModels(
  options: ListOptions,
  print: (line: string) => void,
): Promise<number> {
  const folders = toModelFolders(path.resolve(options.data));
  const models = await listInstalled(folders);
  const current = await findCurrent(folders);
  const rows = await Promise.all(
    models.map(async (model) => ({
      name: toListedName(model),
      isDefault: model.cardPath === current.cardPath,
      origin: model.origin,
      head: model.card?.head ?? null,
      input: model.card ? `${model.card.input.width}x${model.card.input.height}` : null,
      classes: model.card ? [...new Set(Object.values(model.card.classMap))] : [],
      bytes: await measureWeights(model),
      licence: model.card?.licence ?? null,
      ap50_95: findFigure(model.card, 'ap50_95'),
      ap50: findFigure(model.card, 'ap50'),
      card: model.cardPath,
      problem: model.problem,
    })),
  );
  if (options.json) {
    print(JSON.stringify({ default: current.cardPath, problem: current.problem, models: rows }));
    return 0;
  }
  if (rows.length === 0)
    print(
      'no model is installed; fetch one with: npx xunjie models pull yolox-s, or add your own: models add FILE.onnx',
    );
  else {
    const table = rows.map((row) => [
      row.isDefault ? '*' : '',
      row.name,
      row.origin,
      row.head ?? '',
      row.input ?? '',
      row.problem === null || row.classes.length > 0 ? String(row.classes.length) : '',
      row.bytes === null ? '' : toMegabytes(row.bytes),
      row.licence ?? '',
      row.ap50_95?.toFixed(3) ?? '',
      row.ap50?.toFixed(3) ?? '',
      row.problem ?? 'ready',
    ]);
    const header = ['', 'name', 'origin', 'head', 'input', 'classes', 'MB', 'licence', 'AP', 'AP50', 'state'];
    for (const line of toTableLines(header, table)) print(line);
    if (current.cardPath !== null) print('* runs where no model is named (models set-default NAME)');
  }
  if (current.problem !== null) print(`warning: ${current.problem}`);
  return 0;
}

/** The default, or why there is none. */
async function findCurrent(
  folders: ModelFolders,
): Promise<{ cardPath: string | null; problem: string | null }> {
  try {
    return { cardPath: await findDefaultModel(folders), problem: null };
  } catch (error) {
    if (error instanceof XunjieError) return { cardPath: null, problem: error.message };
    throw error;
  }
}

export async function measureWeights(model: InstalledModel): Promise<number | null> {
  if (model.card === null) return null;
  return stat(path.resolve(path.dirname(model.cardPath), model.card.file)).then(
    (facts) => facts.size,
    () => null,
  );
}

/** A card's figure by name; of several (by set of pictures), COCO's first. */
function findFigure(card: ModelCard | null, name: string): number | null {
  const known = Object.entries(card?.metrics ?? {}).filter(
    ([key]) => key === name || new RegExp(`(?:^|[^a-z0-9])${name}$`).test(key),
  );
  const best = known.find(([key]) => key === name) ?? known.find(([key]) => key.includes('coco')) ?? known[0];
  return best?.[1] ?? null;
}

export function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** Makes an installed model the one that runs where none is named. Returns the exit code. */
export async function setDefaultModel(
  name: string | undefined,
  options: { readonly data: string; readonly none: boolean },
  print: (line: string) => void,
): Promise<number> {
  const folders = toModelFolders(path.resolve(options.data));
  if ((name === undefined) !== options.none)
    throw new XunjieError('bad_argument', 'say either the name of an installed model, or --none');
  if (name === undefined) {
    const before = await readDefaultChoice(folders.added).catch(() => 'unreadable');
    await writeDefaultChoice(folders.added, null);
    const current = await findDefaultModel(folders);
    print(
      `${before === null ? 'nothing was chosen' : `${before} is no longer chosen`}; what runs now: ${current === null ? 'no model' : path.basename(current, '.json')}`,
    );
    return 0;
  }
  const found = await findInstalled(name, folders);
  if (found.problem !== null)
    throw new XunjieError('model_missing', `model "${name}" cannot be used: ${found.problem}`);
  // Hashes the weights: a default that does not load would stop every start.
  await loadNamed(name, folders);
  makeFolder(folders.added);
  await writeDefaultChoice(folders.added, name);
  print(
    `${name} runs from the next start on, where no model is named (--model, or model: in the configuration)`,
  );
  return 0;
}
