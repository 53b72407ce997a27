import type { CustodyRecord, CustodyRootRecord } from '../../domain/mod.ts';
import type { Row } from '../database/tables.ts';

/** A row as the record that is hashed and exported. */
export function toCustodyRecord(row: Omit<Row<'custody_entry'>, 'hash'>): CustodyRecord {
  return {
    v: 1,
    type: 'entry',
    seq: row.seq,
    at: row.at.toISOString(),
    candidateId: row.candidate_id,
    manifestHash: row.manifest_hash,
    action: row.action,
    actor: row.actor,
    unit: row.unit,
    content: row.content,
    reason: row.reason,
    from: row.from_place,
    prevHash: row.prev_hash,
  };
}

export function toRootRecord(
  row: Omit<Row<'custody_root'>, 'hash' | 'seal' | 'sealed_at'>,
): CustodyRootRecord {
  return {
    v: 1,
    type: 'root',
    day: row.day,
    until: row.until.toISOString(),
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    merkleRoot: row.merkle_root,
    headHash: row.head_hash,
    prevHash: row.prev_hash,
  };
}
