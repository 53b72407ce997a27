import path from 'node:path';
import type { CardWishes } from '../../detector/mod.ts';
import {
  addModel,
  listModels,
  parseAnchors,
  parseMapping,
  parseSize,
  parseThree,
  readLabelFile,
} from '../../models/mod.ts';
import { makeFolder } from '../../platform/mod.ts';
import { toModelsDir } from '../find-model.ts';
import { projectRoot } from '../project-root.ts';
import { toTableLines } from '../text-table.ts';

/** The options of `models add`, as commander gives them. */
export interface AddModelCommand {
  readonly data: string;
  readonly name?: string;
  readonly head?: CardWishes['head'];
  readonly layout?: CardWishes['layout'];
  readonly colour?: CardWishes['colour'];
  readonly scale?: CardWishes['scale'];
  readonly mean?: string;
  readonly std?: string;
  readonly padding?: CardWishes['padding'];
  readonly size?: string;
  readonly labels?: string;
  readonly map?: readonly string[];
  readonly anchors?: string;
  readonly licence?: string;
  readonly picture?: string;
}

/** Copies a model into the data folder, writes its card and says what was worked out. Returns the exit code. */
export async function addModelFile(
  file: string,
  options: AddModelCommand,
  print: (line: string) => void,
): Promise<number> {
  const modelsDir = toModelsDir(path.resolve(options.data));
  const wishes = await toWishes(options);
  makeFolder(modelsDir);
  const { card, cardPath, guesses } = await addModel({
    file,
    modelsDir,
    wishes,
    ...(options.name !== undefined && { name: options.name }),
    ...(options.picture !== undefined && { picture: options.picture }),
  });
  print(`${card.name}: ${cardPath}`);
  for (const guess of guesses) print(`  ${guess}`);
  return 0;
}

async function toWishes(options: AddModelCommand): Promise<CardWishes> {
  const { head, layout, colour, scale, padding, licence } = options;
  return {
    ...(head && { head }),
    ...(layout && { layout }),
    ...(colour && { colour }),
    ...(scale && { scale }),
    ...(padding && { padding }),
    ...(licence && { licence }),
    ...(options.mean !== undefined && { mean: parseThree('mean', options.mean) }),
    ...(options.std !== undefined && { std: parseThree('std', options.std) }),
    ...(options.size !== undefined && { size: parseSize(options.size) }),
    ...(options.anchors !== undefined && { anchors: parseAnchors(options.anchors) }),
    ...(options.map !== undefined && {
      classMap: Object.fromEntries(options.map.map((text) => parseMapping(text))),
    }),
    ...(options.labels !== undefined && { labels: await readLabelFile(options.labels) }),
  };
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
    card ? String(new Set(Object.values(card.classMap)).size) : '',
    card?.licence ?? '',
    problem ?? 'ready',
  ]);
  for (const line of toTableLines(['name', 'head', 'input', 'classes', 'licence', 'state'], rows))
    print(line);
  return 0;
}
