import { type RawBuilder, sql } from 'kysely';
import type { Role } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { Database } from '../database/tables.ts';

/** What somebody has to do with a package, beside the post. */
export interface PackageRelation {
  /** It waits for a decision that they may take, or they hold it, or they have decided on it. */
  readonly isOwnQueue: boolean;
  /** Its case is open, so that the intake desk works on it, or they have acted on it before it ended. */
  readonly isOwnReport: boolean;
  /** There is a case of it. */
  readonly isOnCase: boolean;
  /** Its case is with their unit, on the penalty track. */
  readonly isOwnPenaltyCase: boolean;
}

type Whole = 'always' | 'never' | keyof PackageRelation;

/**
 * Who sees faces and all plates of a package's pictures, and the number plate that was written down, whole. Everybody else who may see the
 * package gets its masked copies: a collector, a clerk, a unit that has something to clear away. (Engineers get masked samples and
 * auditors the log, neither of them a package.)
 */
const seesWhole: Readonly<Record<Role, Whole>> = {
  reviewer: 'isOwnQueue',
  intake_officer: 'isOwnReport',
  shift_leader: 'always',
  dispatcher: 'isOnCase',
  commander: 'always',
  collector: 'never',
  officer: 'isOwnPenaltyCase',
  clerk: 'never',
  legal_reviewer: 'always',
  engineer: 'never',
  auditor: 'never',
  administrator: 'never',
  security_administrator: 'never',
};

export function maySeeUnmasked({ roles }: Pick<User, 'roles'>, relation: PackageRelation): boolean {
  return roles.some((role) => {
    const whole = seesWhole[role];
    return whole === 'always' || (whole !== 'never' && relation[whole]);
  });
}

/**
 * A user's relation to the package of a candidate, as a column. The blind repetition of a candidate has the same package, so that who may
 * decide on the one may see it.
 */
export function toRelation(user: User, candidateId: RawBuilder<string>): RawBuilder<PackageRelation> {
  const unitId = user.unit?.id ?? null;
  const personId = user.kind === 'person' ? user.id : null;
  return sql<PackageRelation>`(
    select jsonb_build_object(
      'isOwnQueue', coalesce(bool_or(
        (kin.state = 'pending_review' and kin.first_reviewer_id is distinct from ${personId}::uuid)
        or (kin.state = 'in_review' and kin.lease_account_id = ${personId}::uuid)
        or exists (select 1 from review taken where taken.candidate_id = kin.id
          and taken.reviewer_id = ${personId}::uuid and taken.undone_at is null)), false),
      'isOnCase', coalesce(bool_or(file.case_no is not null), false),
      'isOwnReport', coalesce(bool_or((file.case_no is not null and file.ended_at is null)
        or exists (select 1 from flow_record step where step.case_no = file.case_no
          and step.actor = ${user.username} and step.role is not null)), false),
      'isOwnPenaltyCase', coalesce(bool_or(file.unit_id = ${unitId}::text and file.penalty_track), false))
    from candidate kin left join case_file file on file.candidate_id = kin.id
    where kin.id = ${candidateId} or kin.blind_of = ${candidateId})`;
}

/** The same, asked for by itself. */
export async function findRelation(db: Database, user: User, candidateId: string): Promise<PackageRelation> {
  const { rows } = await sql<{ relation: PackageRelation }>`
    select ${toRelation(user, sql`${candidateId}::text`)} as relation`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('a query without a from clause has one row');
  return row.relation;
}
