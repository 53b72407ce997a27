import { type ApplicationKind, openStates, XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';

type CaseFile = Row<'case_file'>;
type Application = Row<'case_application'>;

const names: Readonly<Record<ApplicationKind, string>> = {
  return: 'return (退单)',
  extension: 'extension (延期)',
  suspension: 'suspension (挂账)',
  void: 'void (作废)',
  appeal: 'overdue appeal (超时申诉)',
};

/** What a unit asks the dispatcher for: one at a time. */
const unitKinds: readonly ApplicationKind[] = ['return', 'extension', 'suspension'];

/** Files an application. Refuses a second one beside it. */
export async function apply(
  db: DatabaseTransaction,
  file: CaseFile,
  kind: ApplicationKind,
  filed: {
    readonly user: User;
    readonly atMs: number;
    readonly reason: string;
    readonly until?: Date | null;
  },
): Promise<void> {
  const open = await listWaiting(db, file.case_no);
  const inTheWay = open.find(
    (other) => other.kind === kind || (unitKinds.includes(kind) && unitKinds.includes(other.kind)),
  );
  if (inTheWay !== undefined)
    throw refuse(
      file,
      `${inTheWay.applicant} has already applied for ${names[inTheWay.kind]}; that is decided first`,
    );
  await db
    .insertInto('case_application')
    .values({
      case_no: file.case_no,
      round: file.round,
      kind,
      unit_id: file.unit_id,
      applicant: filed.user.username,
      applied_at: new Date(filed.atMs),
      reason: filed.reason,
      until: filed.until ?? null,
    })
    .execute();
}

/** The application that waits for a decision; refuses when there is none, or when whoever decides has applied. */
export async function requireApplication(
  db: DatabaseTransaction,
  file: CaseFile,
  kinds: readonly ApplicationKind[],
  user: User,
): Promise<Application> {
  const application = (await listWaiting(db, file.case_no)).find(({ kind }) => kinds.includes(kind));
  if (application === undefined)
    throw refuse(file, `nobody has applied for ${kinds.map((kind) => names[kind]).join(' or ')}`);
  if (application.applicant === user.username)
    throw refuse(file, `${user.username} has applied for ${names[application.kind]}: somebody else decides`);
  return application;
}

/** The application if there is one that waits. */
export async function findApplication(
  db: DatabaseTransaction,
  file: CaseFile,
  kind: ApplicationKind,
): Promise<Application | undefined> {
  return (await listWaiting(db, file.case_no)).find((application) => application.kind === kind);
}

export async function endorse(
  db: DatabaseTransaction,
  application: Application,
  user: User,
  atMs: number,
): Promise<void> {
  await db
    .updateTable('case_application')
    .set({ state: 'endorsed', endorsed_by: user.username, endorsed_at: new Date(atMs) })
    .where('id', '=', application.id)
    .execute();
}

export async function settle(
  db: DatabaseTransaction,
  application: Application,
  result: 'granted' | 'refused',
  user: User,
  atMs: number,
): Promise<void> {
  await db
    .updateTable('case_application')
    .set({ state: result, decided_by: user.username, decided_at: new Date(atMs) })
    .where('id', '=', application.id)
    .execute();
}

/** The write that closes applications that a step has made pointless: the unit has replied or has the case no more, or it has ended. */
export function lapseApplications(db: DatabaseTransaction, before: CaseFile, after: CaseFile, atMs: number) {
  const isWithUnit = after.unit_id === before.unit_id && ['dispatched', 'in_disposal'].includes(after.state);
  const isOnItsWay = (openStates as readonly string[]).includes(after.state);
  const pointless: ApplicationKind[] = [
    ...(isWithUnit ? [] : unitKinds),
    ...(isOnItsWay ? [] : (['void'] as const)),
    ...(after.state === 'closed' ? [] : (['appeal'] as const)),
  ];
  return db
    .updateTable('case_application')
    .set({ state: 'lapsed', decided_at: new Date(atMs) })
    .where('case_no', '=', after.case_no)
    .where('state', 'in', ['open', 'endorsed'])
    .where('kind', 'in', pointless);
}

/** Refuses a step for what the case is like: 409. */
export function refuse(file: Pick<CaseFile, 'case_no' | 'state'>, why: string): XunjieError {
  return new XunjieError('transition_not_allowed', `case ${file.case_no}: ${why}`, {
    details: { state: file.state },
  });
}

function listWaiting(db: DatabaseTransaction, caseNo: string): Promise<Application[]> {
  return db
    .selectFrom('case_application')
    .selectAll()
    .where('case_no', '=', caseNo)
    .where('state', 'in', ['open', 'endorsed'])
    .execute();
}
