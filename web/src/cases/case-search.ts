import { openStates, toStateFilter } from './case-flow.ts';

/** What a list of cases is asked for, as it stands in the page's address. */
export interface CaseSearch {
  /** A state, `open` or `all`. */
  readonly state: string;
  /** The end of a case number, or words of address and description. */
  readonly words: string;
  readonly isLate: boolean;
  readonly isByDeadline: boolean;
}

const shortestWord = 2;
const shortestNumber = 3;
const longestNumber = 19;

export function readSearch(address: URLSearchParams): CaseSearch {
  return {
    state: address.get('state') ?? 'open',
    words: address.get('words') ?? '',
    isLate: address.get('late') === 'true',
    isByDeadline: address.get('sort') === 'deadline',
  };
}

/** Only what is not as usual stands in an address. */
export function toAddress({ state, words, isLate, isByDeadline }: CaseSearch): Record<string, string> {
  return {
    ...(state === 'open' ? {} : { state }),
    ...(words === '' ? {} : { words }),
    ...(isLate ? { late: 'true' } : {}),
    ...(isByDeadline ? { sort: 'deadline' } : {}),
  };
}

/** The query of `GET /api/cases`. Digits are looked for at the end of the number; a single character is not looked for. */
export function toCaseQuery({ state, words, isLate, isByDeadline }: CaseSearch): Record<string, string> {
  const states = toStateFilter(state);
  const asked = words.replaceAll(/\s+/g, ' ').trim();
  const isNumber = /^\d+$/.test(asked) && asked.length >= shortestNumber && asked.length <= longestNumber;
  const isText = !isNumber && asked.replaceAll(' ', '').length >= shortestWord;
  return {
    ...(states === null ? {} : { state: states }),
    ...(isNumber ? { number: asked } : {}),
    ...(isText ? { text: asked } : {}),
    ...(isLate ? { late: 'true' } : {}),
    ...(isByDeadline && canSortByDeadline(state) ? { sort: 'deadline' } : {}),
  };
}

/** What has ended has no deadline any more. */
export function canSortByDeadline(state: string): boolean {
  return state === 'open' || openStates.some((open) => open === state);
}
