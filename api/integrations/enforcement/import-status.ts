import { type Static, Type } from 'typebox';
import { findSchemaIssues, formatPath, importedFrom, XunjieError } from '../../../domain/mod.ts';
import { appendAudit } from '../../audit/append-audit.ts';
import type { ConsoleContext } from '../../context.ts';
import type { DatabaseTransaction, Row } from '../../database/tables.ts';
import { lockEnforcement, moveEnforcement } from './enforcement-file.ts';

const StatusMessage = Type.Object({
  caseNo: Type.String({ minLength: 1, maxLength: 40 }),
  state: Type.Enum(['decided', 'exempted', 'withdrawn', 'served', 'paid']),
  reference: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  note: Type.Optional(Type.String({ maxLength: 1000 })),
});

/** Takes over what the enforcement system tells of a case that it was handed. What it has told before changes nothing. */
export async function importStatus(
  context: ConsoleContext,
  db: DatabaseTransaction,
  from: Row<'integration'>,
  data: unknown,
): Promise<string> {
  if (from.kind !== 'enforcement')
    throw new XunjieError('bad_request', `type: ${from.id} is no enforcement system`);
  const [issue] = findSchemaIssues(StatusMessage, data);
  if (issue !== undefined)
    throw new XunjieError('bad_request', `${formatPath(['data', ...issue.path])}: ${issue.message}`);
  const { caseNo, state, reference, note = null } = data as Static<typeof StatusMessage>;
  const file = await lockEnforcement(db, caseNo);
  if (file.state === state) return `${caseNo} is already ${state}`;
  const allowed = importedFrom[state] ?? [];
  if (!allowed.includes(file.state))
    throw new XunjieError(
      'transition_not_allowed',
      `case ${caseNo} is ${file.state} here; ${state} comes after ${allowed.join(' or ')}`,
    );
  if (reference !== undefined && file.reference !== null && reference !== file.reference)
    throw new XunjieError('conflict', `case ${caseNo} is known under another reference`);
  const atMs = context.nowMs();
  const actor = `integration:${from.id}`;
  await moveEnforcement(db, file, { action: 'import', to: state, actor, role: null, atMs, note });
  await appendAudit(db, {
    atMs,
    actor,
    action: 'enforcement.import',
    objectKind: 'case',
    objectId: caseNo,
    result: 'done',
    ip: null,
    details: { from: file.state, to: state },
  });
  return `${caseNo} is ${state}`;
}
