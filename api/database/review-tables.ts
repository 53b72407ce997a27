import type { ColumnType, Generated } from 'kysely';
import type {
  AttestationItem,
  CandidateFacts,
  CaseLevel,
  CaseTrack,
  EvidenceCheck,
  EvidenceWant,
  ObjectClass,
  Offence,
  RejectReason,
  ReminderChannel,
  ReviewResult,
  SecondLook,
} from '../../domain/mod.ts';
import type { Json } from './json-column.ts';

/** What reviewers decide, and what comes of it. */
export interface ReviewTables {
  review: {
    id: Generated<string>;
    candidate_id: string;
    reviewer_id: string;
    reviewer: string;
    result: ReviewResult;
    reason: RejectReason | null;
    checks: ColumnType<Record<EvidenceCheck, boolean> | null, string | null, string | null>;
    note: string | null;
    manifest_hash: string;
    /** The facts as they stood when the reviewer decided. */
    facts: Json<CandidateFacts>;
    at: Date;
    stage: Generated<1 | 2>;
    track: Generated<CaseTrack>;
    level: Generated<CaseLevel>;
    driver_absent: boolean | null;
    wants: EvidenceWant | null;
    channel: ReminderChannel | null;
    grace_ms: number | null;
    /** Moments whose stills had been shown. */
    shown: Generated<string[]>;
    /** When the undo window ends. */
    effective_at: Date;
    /** When its effects happened, in the same transaction. */
    settled_at: Date | null;
    undone_at: Date | null;
    settle_failures: Generated<number>;
    retry_at: Date | null;
    /** Not yet in the tuning set. */
    needs_example: Generated<boolean>;
    /** From taking the lease to deciding; `null` for decisions without one. */
    spent_ms: Generated<number | null>;
    /** Of the candidate, which never changes them; the database fills them in. */
    camera_id: Generated<string>;
    offence: Generated<Offence>;
    is_blind: Generated<boolean>;
  };
  camera_attestation: {
    camera_id: string;
    item: AttestationItem;
    document: string;
    held_on: string;
    attested_by: string;
    attested_at: Date;
  };
  reminder: {
    id: Generated<string>;
    review_id: string;
    candidate_id: string;
    channel: ReminderChannel;
    grace_ms: number;
    /** `sent`: grace runs; `done`: looked again. */
    state: Generated<'queued' | 'sent' | 'failed' | 'done'>;
    attempts: Generated<number>;
    /** Next attempt to send; once sent, next look. */
    due_at: Date;
    created_at: Date;
    sent_at: Date | null;
    grace_until: Date | null;
    receipt: string | null;
    last_error: string | null;
    look: SecondLook | null;
  };
  tuning_example: {
    review_id: string;
    candidate_id: string;
    manifest_hash: string;
    camera_id: string;
    offence: Offence;
    class: ObjectClass;
    result: ReviewResult;
    reason: RejectReason | null;
    decided_at: Date;
    /** Of the crop, which lies at `tuning/<review id>.jpg`. */
    sha256: string | null;
    width: number | null;
    height: number | null;
    /** Where the thing is in the crop, 0-1. */
    box: ColumnType<[number, number, number, number] | null, string | null, string | null>;
    why_no_crop: string | null;
  };
}

/** What a reviewer asked for, and what came of it. */
export interface EvidenceRequest {
  readonly wants: EvidenceWant;
  readonly by: string;
  readonly askedAtMs: number;
  /** For a longer dwell: it comes back when the stay is this long, or has ended. */
  readonly untilDwellMs: number | null;
  readonly answer: { readonly by: string; readonly atMs: number; readonly note: string } | null;
}

/** What was found when the grace after a reminder was over. */
export interface SecondLookFacts {
  readonly look: SecondLook;
  readonly atMs: number;
  readonly sentAtMs: number | null;
  readonly graceUntilMs: number | null;
  readonly lastSeenMs: number;
  readonly dwellMs: number;
  readonly explanation: string;
}
