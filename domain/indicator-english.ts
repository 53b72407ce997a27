import { computeIndicators, countFacts, countNames, emptyCounts } from './indicator.ts';

/** Quantities that only scores speak of. */
const quantities: readonly (readonly [string, string])[] = [
  ['数量分', 'quantity'],
  ['受理数分', 'quantity of reports accepted'],
  ['派遣数分', 'quantity of dispatches'],
];

/** Longer words first: 按期处置数 holds 处置数. */
const words = [
  ...quantities,
  ...countNames.map((name) => [countFacts[name][0], toWords(name)] as const),
  ...computeIndicators(emptyCounts).map(({ nameZh, name }) => [nameZh, toWords(name)] as const),
].toSorted(([a], [b]) => b.length - a.length);

/** The code's own name in plain words: `onTimeDisposalRate` is `on-time disposal rate`. */
export function toWords(name: string): string {
  return name
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replaceAll('on time', 'on-time')
    .replaceAll('ai filings', 'AI filings');
}

/** A formula with the English words of its counts and rates: `disposed ÷ due`. */
export function toEnglishFormula(formula: string): string {
  return words.reduce((text, [zh, en]) => text.replaceAll(zh, en), formula);
}
