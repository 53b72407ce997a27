import path from 'node:path';
import type { CardWishes } from '../../detector/mod.ts';
import {
  addModel,
  bundledName,
  findDefaultModel,
  parseAnchors,
  parseMapping,
  parseSize,
  parseThree,
  readLabelFile,
} from '../../models/mod.ts';
import { makeFolder } from '../../platform/mod.ts';
import { toModelFolders, toModelsDir } from '../find-model.ts';

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
  print(await describeUse(card.name, cardPath, options.data));
  return 0;
}

/** Whether the new model is the one that runs now, and how to make it so. */
export async function describeUse(name: string, cardPath: string, data: string): Promise<string> {
  const current = await findDefaultModel(toModelFolders(path.resolve(data))).catch(() => null);
  if (current === cardPath) return `  ${name} is the default model now`;
  const runs = current === null ? 'none' : path.basename(current, '.json');
  return `  ${runs}${runs === bundledName ? ', which comes with the program,' : ''} stays the default; change it with: npx xunjie models set-default ${name}`;
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
