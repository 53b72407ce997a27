import { type EnforcementState, XunjieError } from '../../../domain/mod.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';

type EnforcementFile = Row<'enforcement_file'>;

/** Opens the penalty track of a case; its evidence is sealed by then. */
export async function openEnforcement(
  db: DatabaseTransaction,
  caseNo: string,
  actor: string,
  atMs: number,
): Promise<void> {
  const at = new Date(atMs);
  await db
    .insertInto('enforcement_file')
    .values({ case_no: caseNo, state: 'evidence_sealed', updated_at: at })
    .execute();
  await appendStep(db, caseNo, { action: 'open', from: null, to: 'evidence_sealed', actor, role: null, at });
}

export async function lockEnforcement(db: DatabaseTransaction, caseNo: string): Promise<EnforcementFile> {
  const file = await db
    .selectFrom('enforcement_file')
    .selectAll()
    .where('case_no', '=', caseNo)
    .forUpdate()
    .executeTakeFirst();
  if (file === undefined) throw new XunjieError('not_found', `case ${caseNo} is on no penalty track`);
  return file;
}

/** Moves a file that is locked, with the record of it. */
export async function moveEnforcement(
  db: DatabaseTransaction,
  file: EnforcementFile,
  step: {
    readonly action: string;
    readonly to: EnforcementState;
    readonly actor: string;
    readonly role: string | null;
    readonly atMs: number;
    readonly note?: string | null;
    readonly changes?: Partial<EnforcementFile>;
  },
): Promise<void> {
  const { action, to, actor, role, atMs, note = null, changes = {} } = step;
  const at = new Date(atMs);
  await db
    .updateTable('enforcement_file')
    .set({ ...changes, state: to, version: file.version + 1, updated_at: at })
    .where('case_no', '=', file.case_no)
    .execute();
  await appendStep(db, file.case_no, { action, from: file.state, to, actor, role, at, note });
}

async function appendStep(
  db: DatabaseTransaction,
  caseNo: string,
  step: {
    readonly action: string;
    readonly from: EnforcementState | null;
    readonly to: EnforcementState;
    readonly actor: string;
    readonly role: string | null;
    readonly at: Date;
    readonly note?: string | null;
  },
): Promise<void> {
  const last = await db
    .selectFrom('enforcement_step')
    .select((select) => select.fn.max('seq').as('seq'))
    .where('case_no', '=', caseNo)
    .executeTakeFirst();
  await db
    .insertInto('enforcement_step')
    .values({
      case_no: caseNo,
      seq: (last?.seq ?? 0) + 1,
      action: step.action,
      from_state: step.from,
      to_state: step.to,
      actor: step.actor,
      role: step.role,
      at: step.at,
      note: step.note ?? null,
    })
    .execute();
}
