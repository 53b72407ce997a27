import type { Entry, EntryValue, Registry } from '../api/registries.ts';

/** The address of an entry within its registry. */
export function toEntryKey({ keys }: Registry, entry: Entry): string {
  return keys.map((name) => toText(entry[name])).join(',');
}

/** As a form holds it: nothing is an empty text. */
export function toText(value: EntryValue | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/** Entries in which every word of the search stands somewhere, in what is kept or in what is shown of it. */
export function findEntries(
  entries: readonly Entry[],
  search: string,
  show: (name: string, value: EntryValue) => string,
): readonly Entry[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  return entries.filter((entry) => {
    const text = Object.entries(entry)
      .filter(([name]) => name !== 'revision')
      .map(([name, value]) => `${toText(value)} ${show(name, value)}`)
      .join(' ')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}
