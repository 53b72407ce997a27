/** Sorts things into groups, keeping their order. (`Map.groupBy` is newer than the oldest Node we run on.) */
export function groupBy<T, K>(things: readonly T[], toKey: (thing: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const thing of things) {
    const key = toKey(thing);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [thing]);
    else group.push(thing);
  }
  return groups;
}
