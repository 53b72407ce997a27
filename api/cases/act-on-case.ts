import {
  type CaseAction,
  findTransition,
  type Role,
  type Transition,
  transitions,
  XunjieError,
} from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import { prepared } from '../database/prepared.ts';
import type { DatabaseTransaction, PhotoAttachment, Row } from '../database/tables.ts';
import { attachPhoto } from '../photos/attach-photo.ts';
import { findCase, noCase, requireReadable } from './find-case.ts';
import type { ActionBody, CaseDetail } from './schema.ts';
import { nameState } from './state-names.ts';
import { refuseField } from './step.ts';
import { takeStep } from './take-step.ts';
import { applyTransition } from './transition-effects.ts';
import { isForUnit, listAllActions } from './view.ts';

/**
 * Takes one step of the closed loop: case, applications, timers, flow record, photos and audit in one transaction. Refuses in
 * this order: another unit's case, a step that the table does not have from here, an outdated version, what the step lacks, its guard.
 */
export async function actOnCase(
  context: ConsoleContext,
  caseNo: string,
  action: CaseAction,
  body: ActionBody,
  by: { readonly user: User; readonly ip: string },
): Promise<CaseDetail> {
  const { user, ip } = by;
  const atMs = context.nowMs();
  return context.db.transaction().execute(async (db) => {
    const before = await db
      .selectFrom('case_file')
      .modifyFront(prepared)
      .selectAll()
      .where('case_no', '=', caseNo)
      .forUpdate()
      .executeTakeFirst();
    if (before === undefined) throw noCase(caseNo);
    const transition = findTransition(before.state, action);
    const role = requireRole(before, action, transition, user, body.version);
    requireReadable(before, user);
    if (transition === undefined) throw refuseTransition(before, action);
    requireVersion(before, body.version);
    requireFields(transition, body);
    const effect = await applyTransition({ context, db, before, transition, body, user, ip, atMs });
    await takeStep(context, db, {
      before,
      action,
      to: effect.to ?? transition.to,
      changes: effect.changes ?? {},
      actor: user.username,
      role,
      ip,
      atMs,
      opinion: toOpinion(body),
      attachments: await attachPhotos(db, caseNo, body, user),
      details: effect.details ?? {},
      ...(effect.unitId !== undefined && { unitId: effect.unitId }),
    });
    await effect.follow?.();
    return findCase(context, db, caseNo, user);
  });
}

/** The post in which the user acts. As an officer one acts for the own unit only. */
function requireRole(
  before: Row<'case_file'>,
  action: CaseAction,
  transition: Transition | undefined,
  user: User,
  version: number,
): Role {
  const posts =
    transition?.by ?? transitions.filter((known) => known.action === action).flatMap((known) => known.by);
  const isOwnUnit = isForUnit(before, user);
  const held = posts.filter((role) => user.roles.includes(role));
  const role = held.find((post) => post !== 'officer' || isOwnUnit);
  if (role !== undefined) return role;
  if (held.length === 0)
    throw new XunjieError(
      'forbidden',
      `${user.username} may not ${action} a case; it is for ${[...new Set(posts)].join(', ')}`,
      { details: { posts: [...new Set(posts)] } },
    );
  if (before.state === 'coordination' && transition !== undefined) {
    requireVersion(before, version);
    throw new XunjieError(
      'forbidden',
      `case ${before.case_no}: your unit takes no part in its coordination; the commander names those that do`,
      { details: { posts } },
    );
  }
  // A case that is with no unit is in no state for an officer: that is said as such, below.
  if (before.unit_id === null && transition === undefined) throw refuseTransition(before, action);
  // Who acts on what was theirs a moment ago has lost a race, and hears so.
  requireVersion(before, version);
  throw new XunjieError(
    'forbidden',
    `case ${before.case_no} is not with your unit; ${action} is for the officers of the unit it is with`,
    { details: { posts } },
  );
}

function refuseTransition(before: Row<'case_file'>, action: CaseAction): XunjieError {
  const from = transitions.filter((known) => known.action === action).flatMap((known) => known.from);
  const allowed = listAllActions(before.state);
  return new XunjieError(
    'transition_not_allowed',
    `case ${before.case_no} is ${nameState(before.state)}; ${action} needs ${from.map(nameState).join(' or ')}; allowed now: ${allowed.join(', ') || 'nothing'}`,
    { details: { state: before.state, allowed } },
  );
}

function requireVersion(before: Row<'case_file'>, version: number): void {
  if (before.version === version) return;
  throw new XunjieError(
    'conflict',
    `case ${before.case_no} has changed: it is at version ${before.version}, not ${version}`,
    { details: { version: before.version } },
  );
}

/** Fields that mean something to one step only; a reason, a note and a photo say something of any. */
const ownFields = [
  'unit',
  'units',
  'standard',
  'beforePhoto',
  'point',
  'exists',
  'until',
  'master',
  'closeType',
  'omitted',
] as const;

function requireFields(transition: Transition, body: ActionBody): void {
  const { action, needs, takes } = transition;
  // Without a named standard, filing takes the default of the class.
  const missing = needs.find((field) => field !== 'standard' && body[field] === undefined);
  if (missing !== undefined) throw refuseField(missing, `${action} needs a ${missing}`);
  const useless = ownFields.find(
    (field) => body[field] !== undefined && !needs.includes(field) && !takes.includes(field),
  );
  if (useless !== undefined) throw refuseField(useless, `${action} takes no ${useless}`);
}

/** Before, then after, as the flow shows them. */
async function attachPhotos(
  db: DatabaseTransaction,
  caseNo: string,
  body: ActionBody,
  user: User,
): Promise<PhotoAttachment[]> {
  const attachments: PhotoAttachment[] = [];
  for (const field of ['beforePhoto', 'photo'] as const) {
    const photoId = body[field];
    if (photoId !== undefined) attachments.push(await attachPhoto(db, { photoId, caseNo, user, field }));
  }
  return attachments;
}

function toOpinion({ reason, note }: ActionBody): string | null {
  const words = [reason, note].filter((text) => text !== undefined && text.trim() !== '');
  return words.length === 0 ? null : words.join('; ');
}
