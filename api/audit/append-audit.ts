import type { Database } from '../database/tables.ts';

export interface AuditEntry {
  readonly atMs: number;
  /** User name, or the name that was tried. */
  readonly actor: string;
  /** `<what>.<done>`, e.g. `candidate.confirm`. */
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly result: 'done' | 'refused';
  readonly ip: string | null;
  readonly details?: Record<string, unknown>;
}

/** Writes one line of the audit log, inside the caller's transaction: what is done and that it was done stand or fall together. */
export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      at: new Date(entry.atMs),
      actor: entry.actor,
      action: entry.action,
      object_kind: entry.objectKind,
      object_id: entry.objectId,
      result: entry.result,
      ip: entry.ip,
      details: JSON.stringify(entry.details ?? {}),
    })
    .execute();
}
