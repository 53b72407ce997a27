import { stat } from 'node:fs/promises';
import path from 'node:path';
import { hashFile, type ModelCard } from '../../detector/mod.ts';
import { findDefaultModel, findInstalled } from '../../models/mod.ts';
import { toModelFolders } from '../find-model.ts';
import { toMegabytes } from './models-list.ts';

/** Prints an installed model's card in words, with the state of its file. Exit code 1 when that cannot be used. */
export async function showModel(
  name: string,
  options: { readonly data: string; readonly json: boolean },
  print: (line: string) => void,
): Promise<number> {
  const folders = toModelFolders(path.resolve(options.data));
  const model = await findInstalled(name, folders);
  if (model.card === null) {
    print(options.json ? JSON.stringify({ name, problem: model.problem }) : `${name}: ${model.problem}`);
    return 1;
  }
  const { card, cardPath } = model;
  const weights = path.resolve(path.dirname(cardPath), card.file);
  const state = await checkWeights(weights, card.sha256);
  const isDefault = (await findDefaultModel(folders).catch(() => null)) === cardPath;
  if (options.json) {
    print(JSON.stringify({ card, cardPath, weights, origin: model.origin, isDefault, ...state }));
    return state.problem === null ? 0 : 1;
  }
  print(
    `${card.name}: ${model.origin === 'bundled' ? 'comes with the program' : 'added'}${isDefault ? ', runs where no model is named' : ''}`,
  );
  for (const [title, text] of toFacts(card)) print(`  ${title.padEnd(11)}${text}`);
  print(`  ${'card'.padEnd(11)}${cardPath}`);
  print(`  ${'file'.padEnd(11)}${weights}${state.bytes === null ? '' : `, ${toMegabytes(state.bytes)} MB`}`);
  print(`  ${'check'.padEnd(11)}${state.problem ?? `SHA-256 ${card.sha256} is right`}`);
  return state.problem === null ? 0 : 1;
}

async function checkWeights(
  file: string,
  sha256: string,
): Promise<{ bytes: number | null; problem: string | null }> {
  const facts = await stat(file).catch(() => null);
  if (facts === null) return { bytes: null, problem: 'the file is not there' };
  const found = await hashFile(file);
  return {
    bytes: facts.size,
    problem:
      found === sha256
        ? null
        : `this is not the file of the card: SHA-256 is ${found}, the card says ${sha256}`,
  };
}

function toFacts(card: ModelCard): [string, string][] {
  const { input, thresholds } = card;
  const entries = Object.entries(card.classMap);
  const classes = entries.map(([label, name]) => (label === name ? name : `${name} (${label})`)).join(', ');
  const ignored = card.labels.length - entries.length;
  const padding =
    input.padding.align === 'stretch'
      ? 'stretched to fill it'
      : `padded with ${input.padding.value} ${input.padding.align === 'centre' ? 'on both sides' : 'at the right and bottom'}`;
  const metrics = Object.entries(card.metrics ?? {}).map(([name, value]) => `${name} ${value}`);
  return [
    [
      'head',
      `${card.head}${card.decoded === undefined ? '' : card.decoded ? ', boxes in pixels' : ', raw grid values'}`,
    ],
    ['input', `${input.width}x${input.height}, ${input.colour.toUpperCase()} ${input.scale}, ${padding}`],
    ['classes', `${classes}${ignored === 0 ? '' : `; ${ignored} other labels are ignored`}`],
    ['thresholds', `score ${thresholds.score}, NMS IoU ${thresholds.nmsIou}`],
    ['figures', metrics.length === 0 ? 'none measured yet (models eval)' : metrics.join(', ')],
    ['licence', card.licence],
    ...(card.source === undefined ? [] : [['source', card.source] as [string, string]]),
    ...(card.notes === undefined ? [] : [['notes', card.notes] as [string, string]]),
  ];
}
