import path from 'node:path';
import { addModel, listModels } from '../../models/mod.ts';
import { makeFolder } from '../../platform/mod.ts';
import { toModelsDir } from '../find-model.ts';
import { projectRoot } from '../project-root.ts';
import { toTableLines } from '../text-table.ts';

/** Copies a model into the data folder, writes its card and says what was worked out. Returns the exit code. */
export async function addModelFile(
  file: string,
  options: { data: string; name?: string },
  print: (line: string) => void,
): Promise<number> {
  const modelsDir = toModelsDir(path.resolve(options.data));
  makeFolder(modelsDir);
  const { card, cardPath, guesses } = await addModel({
    file,
    modelsDir,
    ...(options.name !== undefined && { name: options.name }),
  });
  print(`${card.name}: ${cardPath}`);
  for (const guess of guesses) print(`  ${guess}`);
  return 0;
}

export async function listInstalledModels(
  options: { data: string },
  print: (line: string) => void,
): Promise<number> {
  const dirs = [toModelsDir(path.resolve(options.data)), path.join(projectRoot, 'models')];
  const models = (await Promise.all(dirs.map(listModels))).flat();
  if (models.length === 0) {
    print('no model is installed; add one with: npx xunjie models add FILE.onnx');
    return 0;
  }
  const rows = models.map(({ card, cardPath, problem }) => [
    card?.name ?? path.basename(cardPath),
    card?.head ?? '',
    card ? `${card.input.width}x${card.input.height}` : '',
    problem ?? 'ready',
  ]);
  for (const line of toTableLines(['name', 'head', 'input', 'state'], rows)) print(line);
  return 0;
}
