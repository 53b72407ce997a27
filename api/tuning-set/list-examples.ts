import { sql } from 'kysely';
import { type Static, Type } from 'typebox';
import { objectClasses, offences, rejectReasons, reviewResults, toZonedIso } from '../../domain/mod.ts';
import { isWide, matchCandidateReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, Row } from '../database/tables.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { IsoTime, Nullable } from '../http/schema.ts';

export const TuningExample = Type.Object({
  id: Type.String(),
  candidateId: Type.String(),
  camera: Type.String(),
  offence: Type.Enum([...offences]),
  class: Type.Enum([...objectClasses], { description: 'As the model named it' }),
  decision: Type.Enum([...reviewResults]),
  reason: Nullable(Type.Enum([...rejectReasons])),
  decidedAt: IsoTime,
  crop: Nullable(
    Type.Object({
      url: Type.String(),
      sha256: Type.String(),
      width: Type.Integer(),
      height: Type.Integer(),
      box: Type.Array(Type.Number(), { minItems: 4, maxItems: 4, description: 'The thing in it, 0-1' }),
    }),
  ),
  whyNoCrop: Nullable(Type.String()),
});
type TuningExample = Static<typeof TuningExample>;

/** A page of examples in the order of the decisions. */
export async function listExamples(
  context: ConsoleContext,
  filter: { readonly limit: number; readonly cursor: string | null },
  user: User,
): Promise<{ items: TuningExample[]; total: number; nextCursor: string | null }> {
  const { total } = await context.db
    .selectFrom('tuning_example')
    .select((select) => select.fn.countAll<number>().as('total'))
    .where(isOpenTo(user))
    .executeTakeFirstOrThrow();
  const rows = await readExamples(context.db, filter.limit + 1, filter.cursor, user);
  const page = rows.slice(0, filter.limit);
  const last = page.at(-1);
  return {
    items: page.map((row) => toExample(row, context.timeZone)),
    total,
    nextCursor: rows.length <= filter.limit || last === undefined ? null : toCursor(last),
  };
}

export function readExamples(
  db: Database,
  limit: number,
  cursor: string | null,
  user: User | null = null,
): Promise<Row<'tuning_example'>[]> {
  let query = db.selectFrom('tuning_example').selectAll();
  if (user !== null) query = query.where(isOpenTo(user));
  if (cursor !== null) {
    const [atMs, id] = decodeCursor(cursor, ['number', 'string']);
    query = query.where(
      sql<boolean>`(decided_at, review_id) > (${new Date(Number(atMs))}::timestamptz, ${id}::uuid)`,
    );
  }
  return query.orderBy('decided_at').orderBy('review_id').limit(limit).execute();
}

function isOpenTo(user: User) {
  if (isWide(user)) return sql<boolean>`true`;
  return sql<boolean>`exists (
    select from candidate where candidate.id = tuning_example.candidate_id and ${matchCandidateReach(user)})`;
}

export function toCursor(row: Pick<Row<'tuning_example'>, 'decided_at' | 'review_id'>): string {
  return encodeCursor([row.decided_at.getTime(), row.review_id]);
}

function toExample(row: Row<'tuning_example'>, timeZone: string): TuningExample {
  const { sha256, width, height, box } = row;
  return {
    id: row.review_id,
    candidateId: row.candidate_id,
    camera: row.camera_id,
    offence: row.offence,
    class: row.class,
    decision: row.result,
    reason: row.reason,
    decidedAt: toZonedIso(row.decided_at.getTime(), timeZone),
    crop:
      sha256 === null || width === null || height === null || box === null
        ? null
        : { url: `/api/tuning-set/${row.review_id}/crop`, sha256, width, height, box },
    whyNoCrop: row.why_no_crop,
  };
}
