import { type ModelCard, mapLabels } from '../../detector/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import type { Dataset } from '../eval/dataset.ts';
import { matchLabels } from '../eval/match-labels.ts';

/** What several models are measured on together. */
export interface SharedClasses {
  readonly dataset: Dataset;
  /** For each model: index into the dataset's categories by label; `null`: not counted. */
  readonly categoryOf: readonly (readonly (number | null)[])[];
  readonly notes: readonly string[];
}

/**
 * Finds what can be compared: the dataset's own categories where all models have the same labels, else the classes of
 * Xunjie that every model and the dataset know.
 * @throws XunjieError `bad_dataset` when that is nothing.
 */
export function findSharedClasses(cards: readonly ModelCard[], dataset: Dataset): SharedClasses {
  const [first] = cards;
  const areSame = cards.every((card) => card.labels.join('\n') === first?.labels.join('\n'));
  return first !== undefined && areSame ? shareLabels(cards, first, dataset) : shareClasses(cards, dataset);
}

function shareLabels(cards: readonly ModelCard[], { labels }: ModelCard, dataset: Dataset): SharedClasses {
  const match = matchLabels(labels, dataset.categories);
  const unknown = new Set(match.unmatchedCategories);
  return {
    dataset: { ...dataset, truths: dataset.truths.filter((truth) => !unknown.has(truth.category)) },
    categoryOf: cards.map(() => match.categoryOf),
    notes: [
      `the models have the same labels: compared on ${dataset.categories.length - unknown.size} classes of the pictures`,
    ],
  };
}

function shareClasses(cards: readonly ModelCard[], dataset: Dataset): SharedClasses {
  const ofCategory = mapLabels(dataset.categories);
  const marked = dataset.categories.map((name) => ofCategory[name] ?? null);
  const known = [...new Set(marked)].filter((name) => name !== null);
  const shared = known.filter((name) => cards.every((card) => Object.values(card.classMap).includes(name)));
  if (shared.length === 0)
    throw new XunjieError(
      'bad_dataset',
      `nothing to compare: the pictures mark ${known.join(', ') || 'no class of Xunjie'}, and no such class is known to all of ${cards.map(({ name }) => name).join(', ')}`,
    );
  const left = known.filter((name) => !shared.includes(name));
  return {
    dataset: {
      ...dataset,
      categories: shared,
      truths: dataset.truths.flatMap((truth) => {
        const category = shared.indexOf(marked[truth.category] ?? ('' as never));
        return category === -1 ? [] : [{ ...truth, category }];
      }),
    },
    categoryOf: cards.map(({ labels, classMap }) =>
      labels.map((label) => {
        const category = shared.indexOf(classMap[label] ?? ('' as never));
        return category === -1 ? null : category;
      }),
    ),
    notes: [
      `the models have different labels: compared on the classes that all know (${shared.join(', ')})`,
      ...(left.length === 0 ? [] : [`marked, but not known to all: ${left.join(', ')}`]),
    ],
  };
}
