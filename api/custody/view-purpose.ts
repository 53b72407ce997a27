import { type CandidateState, type Role, transitions, XunjieError } from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import { checkText } from './check-text.ts';

/** Of a shift. */
const purposeHoldsMs = 8 * 3_600_000;
/** What reviewers have before them. */
const waiting: readonly CandidateState[] = [
  'raised',
  'pending_review',
  'in_review',
  'needs_evidence',
  'reminded',
];

export interface Viewer {
  readonly user: User;
  readonly sessionHash: string;
}

/** Whom a package concerns. */
export interface PackageDesk {
  readonly candidateId: string;
  /** It waits for a decision, for the first or for the second one; also as the sample of a blind second look. */
  readonly waitsFor: 'first' | 'second' | null;
  /** The viewer has it in hand, or has decided on it. */
  readonly isOwn: boolean;
  readonly caseNo: string | null;
  readonly isCaseOpen: boolean;
}

/**
 * Why somebody looks at a package, as the register of accesses must have it: what was said for it in this session, else the duty
 * that brings them here: a reviewer's own queue and decisions, or an open case that their post works on. Rejects with `purpose_missing` when
 * neither is so; then `statePurpose` comes first.
 */
export async function findPurpose(
  { db, nowMs }: Pick<ConsoleContext, 'db' | 'nowMs'>,
  { user, sessionHash }: Viewer,
  manifestHash: string,
): Promise<{ purpose: string; candidateId: string }> {
  const desk = await findDesk(db, manifestHash, user.id);
  const said = await db
    .selectFrom('view_purpose')
    .select('purpose')
    .where('session_hash', '=', sessionHash)
    .where('manifest_hash', '=', manifestHash)
    .where('until', '>', new Date(nowMs()))
    .executeTakeFirst();
  const purpose = said?.purpose ?? toDuty(desk, user.roles);
  if (purpose !== null) return { purpose, candidateId: desk.candidateId };
  throw new XunjieError(
    'purpose_missing',
    'this evidence is not on your desk: say for what purpose you look at it',
    { details: { manifestHash } },
  );
}

/** The duty that a post has with a package, in words; `null` for none. */
function toDuty({ candidateId, waitsFor, isOwn, caseNo, isCaseOpen }: PackageDesk, roles: readonly Role[]) {
  const isQueued =
    (waitsFor !== null && roles.includes('reviewer')) ||
    (waitsFor === 'second' && roles.includes('legal_reviewer'));
  if (isQueued || isOwn) return `审核候选 ${candidateId}`;
  const worksOnCases = transitions.some((transition) => transition.by.some((role) => roles.includes(role)));
  return caseNo !== null && isCaseOpen && worksOnCases ? `办理案件 ${caseNo}` : null;
}

/** Holds a purpose for a package and this session, for a shift at most; said again, the new one holds. */
export async function statePurpose(
  context: Pick<ConsoleContext, 'db' | 'nowMs'>,
  { user, sessionHash }: Viewer,
  given: { readonly manifestHash: string; readonly purpose: string; readonly ip: string },
): Promise<Date> {
  const { manifestHash, ip } = given;
  const purpose = given.purpose.trim();
  checkText('body.purpose', purpose);
  if (purpose.length < 2)
    throw new XunjieError('bad_request', 'body.purpose: say why, in two characters at least');
  const atMs = context.nowMs();
  const until = new Date(atMs + purposeHoldsMs);
  await context.db.transaction().execute(async (trx) => {
    await findDesk(trx, manifestHash, user.id);
    await trx.deleteFrom('view_purpose').where('until', '<=', new Date(atMs)).execute();
    await trx
      .insertInto('view_purpose')
      .values({ session_hash: sessionHash, manifest_hash: manifestHash, purpose, until })
      .onConflict((conflict) =>
        conflict.columns(['session_hash', 'manifest_hash']).doUpdateSet({ purpose, until }),
      )
      .execute();
    await appendAudit(trx, {
      atMs,
      actor: user.username,
      action: 'evidence.purpose',
      objectKind: 'evidence',
      objectId: manifestHash,
      result: 'done',
      ip,
      details: { purpose },
    });
  });
  return until;
}

async function findDesk(db: Database, manifestHash: string, userId: string): Promise<PackageDesk> {
  const row = await db
    .selectFrom('evidence')
    .leftJoin('case_file', 'case_file.candidate_id', 'evidence.candidate_id')
    .select(['evidence.candidate_id', 'case_file.case_no', 'case_file.ended_at'])
    .where('evidence.manifest_hash', '=', manifestHash)
    .executeTakeFirst();
  if (row === undefined) throw new XunjieError('not_found', `there is no evidence package ${manifestHash}`);
  // The sample of a blind second look is a candidate of its own with the package of the first.
  const candidates = await db
    .selectFrom('candidate')
    .select(['state', 'lease_account_id'])
    .where((either) =>
      either.or([either('id', '=', row.candidate_id), either('blind_of', '=', row.candidate_id)]),
    )
    .execute();
  const reviews = await db
    .selectFrom('review')
    .select(['reviewer_id', 'result'])
    .where('candidate_id', 'in', (of) =>
      of
        .selectFrom('candidate')
        .select('id')
        .where((either) =>
          either.or([either('id', '=', row.candidate_id), either('blind_of', '=', row.candidate_id)]),
        ),
    )
    .where('undone_at', 'is', null)
    .execute();
  const isWaiting = candidates.some(({ state }) => waiting.includes(state));
  const isSecond = reviews.some(({ result }) => result === 'confirmed');
  return {
    candidateId: row.candidate_id,
    waitsFor: isWaiting ? (isSecond ? 'second' : 'first') : null,
    isOwn:
      candidates.some((candidate) => candidate.lease_account_id === userId) ||
      reviews.some((review) => review.reviewer_id === userId),
    caseNo: row.case_no,
    isCaseOpen: row.case_no !== null && row.ended_at === null,
  };
}
