import type { CustodyEnd, CustodyRoot } from '../../domain/mod.ts';
import { hashCustody, toCustodyLine, toSealedBytes } from '../../platform/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { Row } from '../database/tables.ts';
import { toCustodyRecord, toRootRecord } from './custody-record.ts';
import { readChain } from './read-chain.ts';

/**
 * The whole log as it stands at the call, as JSON Lines in canonical form: a head, the entries in order with each root after the last
 * entry it covers, and an end that says how much there was. Lines end with a line feed. It is copied, not judged: `xunjie verify
 * --log` judges.
 */
export async function* exportCustody(
  context: Pick<ConsoleContext, 'db' | 'timeZone' | 'nowMs' | 'signCustody'>,
): AsyncGenerator<string> {
  const { db, timeZone, signCustody } = context;
  const exportedAt = new Date(context.nowMs()).toISOString();
  // Roots first: what they cover was there before them, so the entries read afterwards hold it.
  const roots = await db.selectFrom('custody_root').selectAll().orderBy('day').execute();
  const { newest } = await db
    .selectFrom('custody_entry')
    .select((select) => select.fn.max('seq').as('newest'))
    .executeTakeFirstOrThrow();
  const write = (line: Parameters<typeof toCustodyLine>[0]): string => `${toCustodyLine(line)}\n`;
  yield write({ v: 1, type: 'custody-log', exportedAt, timeZone });
  let entries = 0;
  let headHash: string | null = null;
  let nextRoot = 0;
  for await (const row of readChain(db, 1, newest ?? 0)) {
    for (let root = roots[nextRoot]; root !== undefined && root.to_seq < row.seq; root = roots[++nextRoot])
      yield write(toRoot(root));
    yield write({ ...toCustodyRecord(row), hash: row.hash });
    entries++;
    headHash = row.hash;
  }
  for (const root of roots.slice(nextRoot)) yield write(toRoot(root));
  const end = {
    v: 1,
    type: 'end',
    exportedAt,
    timeZone,
    entries,
    roots: roots.length,
    headHash,
    rootHash: roots.at(-1)?.hash ?? null,
  } as const;
  const hash = hashCustody(end);
  const seal = signCustody === null ? null : await signCustody(toSealedBytes('end', hash));
  yield write({ ...end, hash, seal } satisfies CustodyEnd);
}

export function toRoot(row: Row<'custody_root'>): CustodyRoot {
  return { ...toRootRecord(row), hash: row.hash, seal: row.seal };
}
