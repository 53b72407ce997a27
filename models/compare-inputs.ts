import { imageNet, type ModelCard, type Picture, type Try, type TryResult } from '../detector/mod.ts';
import { toIou } from '../domain/mod.ts';
import type { CheckPicture } from './check-picture.ts';

type Input = ModelCard['input'];

/** What a person fixed, so that it is not tried otherwise. */
export interface Fixed {
  readonly colour: boolean;
  readonly scale: boolean;
}

/** Cards that differ from a guessed one in colour order and range of values, the guess first. */
export function listVariants(card: ModelCard, fixed: Fixed): ModelCard[] {
  const { mean: _mean, std: _std, ...plain } = card.input;
  const colours: Input['colour'][] = fixed.colour ? [card.input.colour] : ['rgb', 'bgr'];
  const scales: Input['scale'][] = fixed.scale ? [card.input.scale] : ['0-1', '0-255', 'mean-std'];
  const inputs = colours.flatMap((colour) =>
    scales.map((scale): Input => {
      if (scale === card.input.scale) return { ...card.input, colour };
      const numbers = scale === 'mean-std' ? { mean: [...imageNet.mean], std: [...imageNet.std] } : {};
      return { ...plain, colour, scale, ...numbers };
    }),
  );
  const isGuess = ({ colour, scale }: Input): boolean =>
    colour === card.input.colour && scale === card.input.scale;
  return [card, ...inputs.filter((input) => !isGuess(input)).map((input) => ({ ...card, input }))];
}

export function toTries(cards: readonly ModelCard[], picture: Picture): Try[] {
  return cards.map((card) => ({ card, picture }));
}

/** How much better another preparation must do before it replaces what the family usually wants. */
const minGain = 0.5;

export interface Comparison {
  readonly card: ModelCard;
  readonly sentence: string | null;
}

/** One card's answers to the check's picture and to a drawing of an empty street. */
export interface Answers {
  readonly onPicture: TryResult | undefined;
  readonly onDrawing: TryResult | undefined;
}

/**
 * Picks the preparation with which a model sees most, the guess unless another is clearly better. `answers` go with
 * `cards` in turn, the guess first.
 */
export function pickVariant(
  cards: readonly [ModelCard, ...ModelCard[]],
  answers: readonly Answers[],
  check: CheckPicture,
): Comparison {
  const ratings = cards.map((card, i) => rate(card, answers[i], check));
  const best = ratings.indexOf(Math.max(...ratings));
  const [guess] = cards;
  const own = ratings[0] as number;
  const other = cards[best] as ModelCard;
  const top = ratings[best] as number;
  if (cards.length === 1) return { card: guess, sentence: null };
  if (top < minGain)
    return {
      card: guess,
      sentence: `colours and scaling: nothing in ${check.what} tells whether ${describe(guess)} is right; try --picture FILE, one with things it knows`,
    };
  if (top - own >= minGain)
    return {
      card: other,
      sentence: `colours and scaling: changed to ${describe(other)}, with which it sees much more in ${check.what} (${top.toFixed(2)} against ${own.toFixed(2)} with ${describe(guess)})`,
    };
  const rivals = cards
    .map((card, i) => ({ card, rating: ratings[i] as number }))
    .slice(1)
    .filter(({ rating }) => own - rating < minGain);
  return {
    card: guess,
    sentence:
      rivals.length === 0
        ? `colours and scaling: ${describe(guess)} is right, with every other it sees much less in ${check.what}`
        : `colours and scaling: ${describe(guess)} fits (${check.cars.length > 0 ? "the cars' scores add up to " : 'rated '}${own.toFixed(2)}); ${rivals.map(({ card, rating }) => `${describe(card)} does nearly as well (${rating.toFixed(2)})`).join(', ')} in ${check.what}, so the picture does not decide between them`,
  };
}

function describe({ input }: ModelCard): string {
  return `${input.colour.toUpperCase()} ${input.scale}`;
}

const minSeen = 0.4;
const maxSeen = 3;
const minOverlap = 0.5;
const vehicles = new Set(['car', 'truck', 'bus']);

/**
 * Sum of the scores of the known cars; in a picture of the user's, of the squared scores of the surest things, less what
 * the model sees in the drawing, because a model fed wrongly may see things everywhere.
 */
function rate(card: ModelCard, answers: Answers | undefined, check: CheckPicture): number {
  const { onPicture, onDrawing } = answers ?? {};
  if (onPicture === undefined || onDrawing === undefined || isBroken(onPicture)) return 0;
  if (check.cars.length === 0) return sumSquares(onPicture) - sumSquares(onDrawing);
  // Of our street we know the cars alone: what else a model sees there may be right or wrong.
  if (!knowsCars(card)) return 0;
  return findCars(card, onPicture, check).reduce((sum, score) => sum + score, 0);
}

function isBroken({ failure, broken }: TryResult): boolean {
  return failure !== null || broken.length > 0;
}

function sumSquares({ found }: TryResult): number {
  return found
    .slice(0, maxSeen)
    .reduce((sum, { score }) => (score >= minSeen ? sum + score * score : sum), 0);
}

export function knowsCars(card: ModelCard): boolean {
  return Object.values(card.classMap).includes('car');
}

/** Labels of what is found at the known cars' places, whatever they are. */
export function listAtCars(
  card: ModelCard,
  { found }: TryResult,
  { cars }: Pick<CheckPicture, 'cars'>,
): string[] {
  const there = found.filter(
    ({ box, score }) => score >= minSeen && cars.some((car) => toIou(box, car) >= minOverlap),
  );
  return [...new Set(there.map(({ label }) => card.labels[label] ?? String(label)))];
}

/** Best score of a vehicle at each known car's place, 0 where there is none. */
export function findCars(
  card: ModelCard,
  { found }: TryResult,
  { cars }: Pick<CheckPicture, 'cars'>,
): number[] {
  const seen = found.filter(({ label }) => vehicles.has(card.classMap[card.labels[label] ?? ''] ?? ''));
  return cars.map((car) =>
    seen.reduce((best, { box, score }) => (toIou(box, car) >= minOverlap ? Math.max(best, score) : best), 0),
  );
}
