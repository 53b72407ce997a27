import { XunjieError } from '../domain/mod.ts';
import { coco91Labels, cocoLabels } from './coco-labels.ts';
import { findSelectedParts, toRowPlaces } from './decode-selected.ts';
import type { ModelFacts } from './model-facts.ts';
import { parseNames } from './python-names.ts';
import type { Reading } from './reading.ts';

/** Names of a model's classes, and where they come from. */
export interface Names {
  readonly labels: readonly string[];
  readonly source: string;
  /** Set when the exporter knew no names and wrote numbers: they tell how many classes there are, no more. */
  readonly areNumbers?: boolean;
}

const nameKeys = ['names', 'classes', 'class_names', 'labels'];

/** Names that a person gave, or that the exporter embedded; `null` when there are none. */
export function findNames(facts: ModelFacts, given: readonly string[] | undefined): Names | null {
  if (given !== undefined)
    return { labels: makeUnique(given), source: `${given.length} names as you gave them` };
  for (const key of nameKeys) {
    const names = parseNames(facts.metadata[key] ?? '');
    if (names !== null)
      return {
        labels: makeUnique(names),
        source: `${names.length} names embedded in the file`,
        areNumbers: names.every((name) => /^(?:class[ _-]?)?\d+$/i.test(name.trim())),
      };
  }
  return null;
}

/** Names for a reading when the file has none. @throws XunjieError `model_not_understood`. */
export function guessLabels(facts: ModelFacts, reading: Reading, names: Names | null, file: string): Names {
  const { labelCount, hasSpareScore } = reading;
  if (names !== null) {
    const known = toCocoNames(names);
    return hasSpareScore
      ? { ...known, labels: makeUnique([...known.labels, `unused ${known.labels.length}`]) }
      : known;
  }
  if (labelCount === cocoLabels.length)
    return {
      labels: cocoLabels,
      source: "COCO's 80, because the file names none and their number fits (others: --labels)",
    };
  if (labelCount === coco91Labels.length)
    return {
      labels: coco91Labels,
      source:
        "COCO's category numbers 0 to 90, eleven of them unused, because the file names none and their number fits (others: --labels)",
    };
  if (labelCount !== null)
    throw new XunjieError(
      'model_not_understood',
      `${file}: ${labelCount === 1 ? '1 class without a name; name it' : `${labelCount} classes without names; name them`} with --labels names.txt, or write a card with its labels beside it`,
    );
  const highest = findHighestClass(facts, reading);
  if (highest >= coco91Labels.length)
    throw new XunjieError(
      'model_not_understood',
      `${file}: a trial run gave class ${highest}, which COCO does not have, and the file names no classes; name them with --labels names.txt`,
    );
  const uncertain =
    'neither names its classes nor says how many there are (if it was trained on others: --labels)';
  return highest >= cocoLabels.length
    ? {
        labels: coco91Labels,
        source: `COCO's category numbers 0 to 90, assumed: a trial run gave class ${highest}, and the file ${uncertain}`,
      }
    : { labels: cocoLabels, source: `COCO's 80, assumed: the file ${uncertain}` };
}

/** COCO's names in place of as many numbers; other names as they are. */
function toCocoNames(names: Names): Names {
  const coco = [cocoLabels, coco91Labels].find((labels) => labels.length === names.labels.length);
  return !names.areNumbers || coco === undefined
    ? names
    : {
        labels: coco,
        source: `${coco === cocoLabels ? "COCO's 80" : "COCO's category numbers 0 to 90"}, because the file has numbers in place of names and there are as many (others: --labels)`,
      };
}

function findHighestClass({ trial }: ModelFacts, { layout }: Reading): number {
  const outputs = trial ?? [];
  const parts = findSelectedParts(outputs);
  if (parts !== null) return parts.labels.data.reduce((highest, each) => Math.max(highest, each), 0);
  const { length, label } = toRowPlaces(layout?.order);
  const rows = outputs.find(({ dims }) => dims.at(-1) === length)?.data ?? new Float32Array();
  let highest = 0;
  for (let at = label; at < rows.length; at += length) highest = Math.max(highest, rows[at] as number);
  return highest;
}

/** A card tells its labels apart by name. */
function makeUnique(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name, i) => {
    const label = name.trim() === '' ? `class ${i}` : name.trim();
    const count = (seen.get(label) ?? 0) + 1;
    seen.set(label, count);
    return count === 1 ? label : `${label} (${count})`;
  });
}
