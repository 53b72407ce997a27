import { sql } from 'kysely';
import type { Database, DatabaseTransaction, PhotoAttachment, Row } from '../database/tables.ts';
import { toCanonicalHash } from './canonical-hash.ts';

type FlowRow = Row<'flow_record'>;

/** What happened; number, previous hash and hash are given to it. */
export type FlowEntry = Omit<FlowRow, 'seq' | 'prev_hash' | 'hash' | 'hash_version' | 'attachments'> & {
  readonly attachments: readonly PhotoAttachment[];
};

/** 2 covers round, stage deadline and details, which records of version 1 do not have. */
const hashVersion = 2;

/** The record that the next one follows; `null` in a case that has none. */
export type LastFlow = Pick<FlowRow, 'seq' | 'hash'> | null;

/** As a column of a statement. Whoever goes by it holds the case's row lock by then, so that the numbers have no gap. */
export function selectLastFlow(caseNo: string) {
  return sql<LastFlow>`(
    select json_build_object('seq', seq, 'hash', hash) from flow_record where case_no = ${caseNo} order by seq desc limit 1)`;
}

/** The write that appends to a case's flow. Each record's hash covers the record and the hash before it. */
export function insertFlow(db: DatabaseTransaction, last: LastFlow, entry: FlowEntry) {
  const record = {
    ...entry,
    seq: (last?.seq ?? 0) + 1,
    prev_hash: last?.hash ?? null,
    hash_version: hashVersion,
  };
  return db.insertInto('flow_record').values({
    ...record,
    attachments: JSON.stringify(entry.attachments),
    details: JSON.stringify(entry.details),
    hash: hashFlowRecord(record),
  });
}

/** The hash that a record must have. Times count as milliseconds in UTC, whatever zone shows them. */
export function hashFlowRecord(
  record: FlowEntry & Pick<FlowRow, 'seq' | 'prev_hash' | 'hash_version'>,
): string {
  const added =
    record.hash_version === 1
      ? {}
      : {
          round: record.round,
          stageDeadline: record.stage_deadline?.toISOString() ?? null,
          details: record.details,
        };
  return toCanonicalHash({
    v: record.hash_version,
    ...added,
    caseNo: record.case_no,
    seq: record.seq,
    from: record.from_state,
    to: record.to_state,
    action: record.action,
    actor: record.actor,
    role: record.role,
    unit: record.unit_id,
    at: record.at.toISOString(),
    deadline: record.deadline?.toISOString() ?? null,
    overdue: record.overdue,
    opinion: record.opinion,
    attachments: record.attachments,
    prevHash: record.prev_hash,
  });
}

/** The first record of a case that does not fit its chain, or `null` when all do. */
export async function findBrokenFlow(db: Database, caseNo: string): Promise<number | null> {
  const records = await db
    .selectFrom('flow_record')
    .selectAll()
    .where('case_no', '=', caseNo)
    .orderBy('seq')
    .execute();
  return findBrokenRecord(records);
}

/** The number of the first of these records, all of a case's and in order, that does not fit the one before or itself. */
export function findBrokenRecord(records: readonly FlowRow[]): number | null {
  let prevHash: string | null = null;
  for (const [index, record] of records.entries()) {
    const isLinked = record.seq === index + 1 && record.prev_hash === prevHash;
    if (!isLinked || hashFlowRecord(record) !== record.hash) return record.seq;
    prevHash = record.hash;
  }
  return null;
}
