import { sql } from 'kysely';
import { toMessage, XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import { importStatus } from './import-status.ts';

/** Cases that one call asks after. */
const batchSize = 50;
const minuteMs = 60_000;
const longestWaitMs = 24 * 60 * minuteMs;
const mostMinutes = 1440;

/**
 * Asks each enforcement system whose `settings.pollMinutes` says so what has become of the cases that it was handed: where it cannot call
 * us. A case is asked after every so many minutes after its newest state, and where nothing happens after twice as long each time, up
 * to a day; a system that does not answer is asked no sooner. Any number of consoles may; each case is asked after by one. Resolves
 * to the number of states that were taken over.
 */
export async function pollEnforcement(context: ConsoleContext): Promise<number> {
  const systems = await context.db
    .selectFrom('integration')
    .selectAll()
    .where('kind', '=', 'enforcement')
    .where('state', '=', 'enabled')
    .where('url', 'is not', null)
    .where(sql<boolean>`settings ? 'pollMinutes'`)
    .orderBy('id')
    .execute();
  let imported = 0;
  for (const system of systems) imported += await pollSystem(context, system);
  return imported;
}

async function pollSystem(context: ConsoleContext, from: Row<'integration'>): Promise<number> {
  const everyMs = readPeriod(from);
  if (everyMs === null) return 0;
  const caseNos = await claimDue(context, from.id, everyMs);
  if (caseNos.length === 0) return 0;
  try {
    const told = await context.enforcementGateways.open(context, from).readStates(caseNos);
    const asked = new Set(caseNos);
    let imported = 0;
    // What was not asked for is not believed.
    for (const { caseNo, states } of told.filter((one) => asked.has(one.caseNo)))
      for (const state of states) {
        const taken = await take(context, from, everyMs, { caseNo, ...state });
        if (taken === 'refused') break; // what comes after a state that does not fit does not fit either
        if (taken === 'new') imported += 1;
      }
    await note(context, from.id, null);
    return imported;
  } catch (error) {
    await note(context, from.id, toMessage(error));
    return 0;
  }
}

/** From the settings, which people write; `null` for what is no number of minutes up to a day. */
function readPeriod({ settings }: Row<'integration'>): number | null {
  const minutes = settings['pollMinutes'];
  const isGood = typeof minutes === 'number' && minutes >= 1 && minutes <= mostMinutes;
  return isGood ? minutes * minuteMs : null;
}

/** Puts off what is due before it is asked after, so that whatever happens then it is not asked after without end. */
async function claimDue(context: ConsoleContext, integrationId: string, everyMs: number): Promise<string[]> {
  const now = new Date(context.nowMs());
  const { rows } = await sql<{ case_no: string }>`
    with due as (
      select file.case_no, least(${longestWaitMs}, coalesce(file.poll_wait_ms * 2, ${everyMs}::bigint)) as wait_ms
      from enforcement_file file
      join outbox_message message on message.id = file.hand_over_message
      where file.state in ('handed_over', 'decided', 'served')
        and message.integration_id = ${integrationId}
        and (file.poll_at is null or file.poll_at <= ${now})
      order by file.poll_at nulls first, file.case_no limit ${batchSize}
      for update of file skip locked)
    update enforcement_file set
      poll_wait_ms = due.wait_ms,
      poll_at = ${now}::timestamptz + due.wait_ms * interval '1 ms'
    from due where due.case_no = enforcement_file.case_no
    returning enforcement_file.case_no`.execute(context.db);
  return rows.map((row) => row.case_no);
}

/** `known`: it had been told before. */
async function take(
  context: ConsoleContext,
  from: Row<'integration'>,
  everyMs: number,
  status: { readonly caseNo: string; readonly state: string },
): Promise<'new' | 'known' | 'refused'> {
  const { db, logger } = context;
  try {
    return await db.transaction().execute(async (trx) => {
      const { caseNo, state } = status;
      const past = await trx
        .selectFrom('enforcement_step')
        .select('seq')
        .where('case_no', '=', caseNo)
        .where('action', '=', 'import')
        .where(sql<boolean>`to_state = ${state}`)
        .executeTakeFirst();
      if (past !== undefined) return 'known' as const;
      await importStatus(context, trx, from, status);
      // Where something moves, more may follow soon.
      await trx
        .updateTable('enforcement_file')
        .set({ poll_wait_ms: everyMs, poll_at: new Date(context.nowMs() + everyMs) })
        .where('case_no', '=', caseNo)
        .execute();
      return 'new' as const;
    });
  } catch (error) {
    if (!(error instanceof XunjieError) || error.status >= 500) throw error;
    logger.warn(
      { integration: from.id, case: status.caseNo, error: error.message },
      'a state was not taken over',
    );
    return 'refused';
  }
}

async function note(
  { db, nowMs }: ConsoleContext,
  integrationId: string,
  error: string | null,
): Promise<void> {
  const at = new Date(nowMs());
  await db
    .updateTable('integration')
    .set(error === null ? { last_success_at: at } : { last_failure_at: at, last_error: error })
    .where('id', '=', integrationId)
    .execute();
}
