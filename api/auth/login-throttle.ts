import { sql } from 'kysely';
import type { Database } from '../database/tables.ts';

const maxFailures = 5;
const lockMs = 15 * 60_000;

/**
 * Counts an attempt to log in before the password is looked at, so that many at once cannot pass the limit together.
 * Returns when the name is open again, or `null` when this attempt may go on. Five wrong passwords lock a name for 15 minutes.
 */
export async function countLoginAttempt(
  db: Database,
  username: string,
  nowMs: number,
): Promise<number | null> {
  const now = new Date(nowMs);
  const { rows } = await sql<{ failures: number; locked_until: Date | null }>`
    insert into login_attempt as known (username, failures, first_at) values (${username}, 1, ${now})
    on conflict (username) do update set
      failures = case when known.first_at <= ${new Date(nowMs - lockMs)} and coalesce(known.locked_until, ${now}) <= ${now} then 1
        else known.failures + 1 end,
      first_at = case when known.first_at <= ${new Date(nowMs - lockMs)} and coalesce(known.locked_until, ${now}) <= ${now} then ${now}
        else known.first_at end,
      locked_until = case when coalesce(known.locked_until, ${now}) > ${now} then known.locked_until
        when known.failures + 1 = ${maxFailures} and known.first_at > ${new Date(nowMs - lockMs)} then ${new Date(nowMs + lockMs)}
        else null end
    returning failures, locked_until`.execute(db);
  const row = rows[0];
  if (row === undefined || row.failures <= maxFailures || row.locked_until === null) return null;
  return row.locked_until.getTime();
}

/** A right password clears the count. Names that were last tried long ago are forgotten with it. */
export async function clearLoginAttempts(db: Database, username: string, nowMs: number): Promise<void> {
  await db
    .deleteFrom('login_attempt')
    .where((where) =>
      where.or([where('username', '=', username), where('first_at', '<', new Date(nowMs - 4 * lockMs))]),
    )
    .execute();
}

/** Takes an attempt back that was no failure and no success either: a right password whose second factor is still to come. */
export async function giveBackLoginAttempt(db: Database, username: string): Promise<void> {
  await db
    .updateTable('login_attempt')
    .set((column) => ({ failures: column('failures', '-', 1) }))
    .where('username', '=', username)
    .where('failures', '>', 0)
    .execute();
}
