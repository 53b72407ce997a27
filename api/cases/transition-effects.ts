import { addLimit, type Transition, XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import { loadCalendar } from '../calendar/load-calendar.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, PhotoAttachment, Row } from '../database/tables.ts';
import { attachPhoto } from '../photos/attach-photo.ts';
import type { ActionBody } from './schema.ts';
import { chooseStandard } from './standards.ts';

type CaseFile = Row<'case_file'>;

export interface Step {
  readonly before: CaseFile;
  readonly transition: Transition;
  readonly body: ActionBody;
  readonly user: User;
  readonly atMs: number;
}

/** What a step changes in its case beside the state, and the photos that go into its flow record. */
export async function applyTransition(
  context: ConsoleContext,
  db: DatabaseTransaction,
  step: Step,
): Promise<{ changes: Partial<CaseFile>; attachments: PhotoAttachment[] }> {
  const { before, body, user } = step;
  const changes = await findChanges(context, db, step);
  const attachments =
    body.photo === undefined
      ? []
      : [await attachPhoto(db, { photoId: body.photo, caseNo: before.case_no, user })];
  return { changes, attachments };
}

async function findChanges(
  context: ConsoleContext,
  db: DatabaseTransaction,
  { before, transition, body, atMs }: Step,
): Promise<Partial<CaseFile>> {
  const at = new Date(atMs);
  switch (transition.action) {
    case 'register': {
      // Whoever files the case decides how severe it is: the level follows the standard.
      const standard = await chooseStandard(db, before, body.standard);
      return { standard_id: standard.id, level: standard.level };
    }
    case 'dispatch': {
      const unitId = await requireUnit(db, body.unit);
      return { unit_id: unitId, deadline: await computeDeadline(context, db, before, atMs) };
    }
    case 'reassign': {
      // The first dispatch's clock runs on: another unit does not make the street wait longer.
      const unitId = await requireUnit(db, body.unit);
      if (unitId === before.unit_id)
        throw new XunjieError('bad_request', `body.unit: the case is already with ${unitId}`);
      return { unit_id: unitId };
    }
    case 'return':
      return { unit_id: null, deadline: null };
    case 'dispose':
      return { disposed_at: at };
    case 'check_fail':
      // A reply that did not hold was no reply: the deadline stays what it was.
      return { disposed_at: null };
    case 'close':
    case 'void':
    case 'refuse':
    case 'decline':
      return { ended_at: at };
    case 'verify_request':
    case 'verify_done':
    case 'accept':
    case 'receive':
    case 'send_check':
    case 'check_pass':
      return {};
    default:
      return transition.action satisfies never;
  }
}

async function requireUnit(db: DatabaseTransaction, unitId: string | undefined): Promise<string> {
  const units = await db.selectFrom('unit').select('id').orderBy('id').execute();
  const unit = units.find((known) => known.id === unitId);
  if (unit !== undefined) return unit.id;
  throw new XunjieError(
    'bad_request',
    `body.unit: no unit "${unitId}"; known: ${units.map((known) => known.id).join(', ') || 'none'}`,
    {
      details: { field: 'body.unit' },
    },
  );
}

async function computeDeadline(
  context: ConsoleContext,
  db: DatabaseTransaction,
  before: CaseFile,
  atMs: number,
): Promise<Date> {
  const standard = await db
    .selectFrom('standard')
    .select(['limit_value', 'limit_unit'])
    .where('id', '=', before.standard_id ?? '')
    .executeTakeFirst();
  if (standard === undefined)
    throw new XunjieError('internal', `case ${before.case_no} is filed without a standard`);
  const calendar = await loadCalendar(db, context.timeZone);
  return new Date(addLimit(atMs, { value: standard.limit_value, unit: standard.limit_unit }, calendar));
}
