/**
 * Pairs as many left ends as possible, each with one right end of its list, preferring earlier entries of the lists where that costs no
 * pair (augmenting paths, Kuhn 1955). Returns the right end of each left one, `null` where none is left.
 */
export function matchMost(options: readonly (readonly number[])[]): (number | null)[] {
  const leftOf = new Map<number, number>();
  const assign = (left: number, tried: Set<number>): boolean => {
    for (const right of options[left] ?? []) {
      if (tried.has(right)) continue;
      tried.add(right);
      const holder = leftOf.get(right);
      if (holder !== undefined && !assign(holder, tried)) continue;
      leftOf.set(right, left);
      return true;
    }
    return false;
  };
  for (const left of options.keys()) assign(left, new Set());
  const result: (number | null)[] = options.map(() => null);
  for (const [right, left] of leftOf) result[left] = right;
  return result;
}
