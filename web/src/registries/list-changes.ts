import type { Entry } from '../api/registries.ts';

/** Names of the fields that differ; the revision differs whenever anything does. */
export function listChanges(before: Entry, after: Entry): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => name !== 'revision' && (before[name] ?? null) !== (after[name] ?? null),
  );
}
