import { shardCount, XunjieError } from '../../../domain/mod.ts';

/** Parses `0-31` or `0-15,40,50-63`. Throws `bad_argument` that names `where` it was written. */
export function parseShards(text: string, where: string): number[] {
  const shards = new Set<number>();
  for (const part of text.split(',')) {
    const found = /^\s*(\d{1,3})(?:\s*-\s*(\d{1,3}))?\s*$/.exec(part);
    const from = Number(found?.[1]);
    const to = Number(found?.[2] ?? found?.[1]);
    if (found === null || from > to || to >= shardCount)
      throw new XunjieError(
        'bad_argument',
        `${where}: "${text}" is no list of shards; they go from 0 to ${shardCount - 1}, e.g. 0-31 or 0-15,40`,
      );
    for (let shard = from; shard <= to; shard++) shards.add(shard);
  }
  return [...shards].toSorted((a, b) => a - b);
}
