import type { Role } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';
import { currentAct } from './act.ts';

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
  /** Why; default: the reason or purpose among the details. */
  readonly reason?: string | null;
  readonly details?: Record<string, unknown>;
}

/**
 * Writes one line of the audit log, inside the caller's transaction: what is done and that it was done stand or fall together. The
 * actor's posts and unit are those of the request under way.
 */
export async function appendAudit(db: Database, entry: AuditEntry): Promise<void> {
  await insertAudit(db, entry).execute();
  noteWritten(entry.result);
}

/** The same as a write that goes with others; whoever runs it calls `noteWritten` then. */
export function insertAudit(db: Database, entry: AuditEntry) {
  const details = entry.details ?? {};
  return db.insertInto('audit_log').values({
    at: new Date(entry.atMs),
    actor: toStorable(entry.actor),
    action: entry.action,
    object_kind: entry.objectKind,
    object_id: toStorable(entry.objectId),
    result: entry.result,
    ip: entry.ip,
    details: JSON.stringify(details, (_name, value: unknown) =>
      typeof value === 'string' ? toStorable(value) : value,
    ),
    ...toActorColumns(entry.actor),
    reason: toStorable(entry.reason ?? findReason(details) ?? '') || null,
  });
}

/** In which posts and for which unit the actor of the request under way acts. */
export function toActorColumns(actor: string): { posts: Role[] | null; unit_id: string | null } {
  const act = currentAct();
  if (act?.actor !== actor) return { posts: null, unit_id: null };
  return { posts: act.posts === null ? null : [...act.posts], unit_id: act.unitId };
}

/** Says that the request under way has its line, for those who write it as part of a larger statement. */
export function noteWritten(result: AuditEntry['result']): void {
  currentAct()?.written.add(result);
}

/** PostgreSQL keeps no NUL; an act that was tried with one is a line all the same. */
function toStorable(text: string): string {
  return text.replaceAll('\0', '\u{2400}');
}

function findReason(details: Readonly<Record<string, unknown>>): string | null {
  for (const name of ['reason', 'purpose', 'opinion', 'note']) {
    const value = details[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return null;
}
