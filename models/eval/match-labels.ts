import { XunjieError } from '../../domain/mod.ts';

/** Different names for the same thing in COCO, Pascal VOC, Open Images and exports of them. */
const sameThings: readonly (readonly string[])[] = [
  ['person', 'people', 'human', 'pedestrian'],
  ['bicycle', 'bike', 'cycle'],
  ['motorcycle', 'motorbike'],
  ['airplane', 'aeroplane', 'plane'],
  ['car', 'auto', 'automobile'],
  ['truck', 'lorry'],
  ['boat', 'ship'],
  ['couch', 'sofa'],
  ['tv', 'tvmonitor', 'television'],
  ['potted plant', 'houseplant'],
  ['dining table', 'table'],
  ['cell phone', 'mobile phone', 'mobile'],
  ['hair drier', 'hair dryer', 'hairdryer'],
  ['donut', 'doughnut'],
  ['traffic light', 'traffic signal', 'stoplight'],
  ['fire hydrant', 'hydrant'],
  ['sports ball', 'ball'],
  ['remote', 'remote control'],
  ['mouse', 'computer mouse'],
  ['cow', 'cattle'],
  ['umbrella', 'parasol'],
  ['garbage', 'trash', 'rubbish', 'litter', 'waste'],
  ['garbage bin', 'bin', 'dustbin', 'trash can', 'garbage can', 'trash bin', 'waste bin'],
  ['overflowing bin', 'full bin', 'garbage overflow'],
];

const groupOf: ReadonlyMap<string, number> = new Map(
  sameThings.flatMap((names, group) => names.map((name): [string, number] => [toKey(name), group])),
);

export interface LabelMatch {
  /** Category index by label index; `null`: the dataset does not know it. */
  readonly categoryOf: readonly (number | null)[];
  /** Pairs whose names differ, as `motorbike = motorcycle`. */
  readonly renamed: readonly string[];
  readonly unknownLabels: readonly string[];
  /** Categories that the model has no label for. */
  readonly unmatchedCategories: readonly number[];
}

/**
 * Pairs a model's labels with a dataset's categories by name: case, spaces, dashes and underscores do not matter; what is
 * left is paired by synonym. Each category gets one label at most.
 * @throws XunjieError `bad_dataset` when nothing fits.
 */
export function matchLabels(labels: readonly string[], categories: readonly string[]): LabelMatch {
  const categoryOf: (number | null)[] = labels.map(() => null);
  const taken = new Set<number>();
  const renamed: string[] = [];
  for (const toName of [toKey, toGroup])
    for (const [label, name] of labels.entries()) {
      if (categoryOf[label] !== null) continue;
      const category = categories.findIndex(
        (other, i) => !taken.has(i) && toName(other) === toName(name) && toName(name) !== '',
      );
      if (category === -1) continue;
      categoryOf[label] = category;
      taken.add(category);
      if (toKey(name) !== toKey(categories[category] ?? ''))
        renamed.push(`${name} = ${categories[category]}`);
    }
  if (taken.size === 0)
    throw new XunjieError(
      'bad_dataset',
      `the model and the dataset share no class: labels ${list(labels)}; categories ${list(categories)}`,
    );
  return {
    categoryOf,
    renamed,
    unknownLabels: labels.filter((_label, i) => categoryOf[i] === null),
    unmatchedCategories: [...categories.keys()].filter((i) => !taken.has(i)),
  };
}

const maxListed = 8;

/** The first names, and how many more there are. */
export function list(names: readonly string[]): string {
  const more = names.length > maxListed ? ` and ${names.length - maxListed} more` : '';
  return names.slice(0, maxListed).join(', ') + more;
}

function toKey(name: string): string {
  return name.toLowerCase().replaceAll(/[-_\s]+/g, '');
}

function toGroup(name: string): string {
  const group = groupOf.get(toKey(name));
  return group === undefined ? '' : String(group);
}
