import type { CardWishes } from '../card-wishes.ts';
import { guessCard } from '../guess-card.ts';
import { inspectHere } from '../inspect-here.ts';

/** `guessCard` without the worker thread, whose start takes longer than a tiny model's guess. */
export function guessHere(file: string, wishes?: CardWishes): ReturnType<typeof guessCard> {
  return guessCard(file, wishes, undefined, inspectHere);
}
