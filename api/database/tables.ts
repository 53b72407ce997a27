import type { ColumnType, Generated, Kysely, Selectable, Transaction } from 'kysely';
import type {
  CameraHealth,
  CameraState,
  CandidateFacts,
  CandidateState,
  CaseAction,
  CaseLevel,
  CaseState,
  CustodyAction,
  EvidenceCheck,
  EvidenceItem,
  EvidenceSignature,
  LimitUnit,
  Offence,
  RejectReason,
  Role,
  SuppressionReason,
} from '../../domain/mod.ts';

/** Read as a value, written as JSON text. */
type Json<Value> = ColumnType<Value, string, string>;

export interface Tables {
  unit: { id: string; name: string; kind: string };
  account: {
    id: Generated<string>;
    username: string;
    display_name: string;
    password_hash: string;
    roles: Role[];
    unit_id: string | null;
    created_at: Generated<Date>;
  };
  session: { token_hash: string; account_id: string; created_at: Date; used_at: Date };
  login_attempt: { username: string; failures: number; first_at: Date; locked_until: Date | null };
  audit_log: {
    seq: Generated<number>;
    at: Date;
    actor: string;
    action: string;
    object_kind: string;
    object_id: string;
    result: string;
    ip: string | null;
    details: Json<Record<string, unknown>>;
  };
  camera: {
    id: string;
    name: string;
    state: CameraState | null;
    reason: string | null;
    health_at: Date | null;
    last_frame_at: Date | null;
    frames_sampled: number | null;
    keyframe_gap_ms: number | null;
    /** The newest report; `null` too where it was kept before reports were kept whole. */
    health: ColumnType<CameraHealth | null, string | null, string | null>;
  };
  candidate: {
    id: string;
    camera_id: string;
    offence: Offence;
    zone: string;
    state: CandidateState;
    /** `null` for one that nothing holds. */
    suppressed_reason: SuppressionReason | null;
    version: number;
    urgency: number;
    from_at: Date;
    to_at: Date | null;
    raised_at: Date;
    dwell_ms: number;
    mean_score: number;
    facts: Json<CandidateFacts>;
    facts_at: Date;
    facts_rank: number;
    lease_account_id: string | null;
    lease_until: Date | null;
  };
  evidence: {
    candidate_id: string;
    manifest_hash: string | null;
    key_id: string | null;
    items: ColumnType<EvidenceItem[] | null, string | null, string | null>;
    sealed_facts: ColumnType<CandidateFacts | null, string | null, string | null>;
    sealed_at: Date | null;
    failure: string | null;
    /** When its deletion began: it is no longer shown. */
    deleting_at: Generated<Date | null>;
    deleted_at: Generated<Date | null>;
    /** What the items were. */
    deleted_items: ColumnType<EvidenceItem[] | null, string | null | undefined, string | null>;
    /** Its store keeps it until later than the policy says. */
    delete_not_before: Generated<Date | null>;
  };
  custody_entry: {
    seq: number;
    at: Date;
    candidate_id: string;
    manifest_hash: string;
    action: CustodyAction;
    actor: string;
    unit: string | null;
    content: string | null;
    reason: string;
    from_place: string;
    prev_hash: string | null;
    hash: string;
  };
  custody_root: {
    day: string;
    until: Date;
    from_seq: number;
    to_seq: number;
    merkle_root: string;
    head_hash: string | null;
    prev_hash: string | null;
    hash: string;
    seal: ColumnType<EvidenceSignature | null, string | null, string | null>;
    sealed_at: Date;
  };
  review: {
    id: Generated<string>;
    candidate_id: string;
    reviewer_id: string;
    reviewer: string;
    result: 'confirmed' | 'rejected';
    reason: RejectReason | null;
    checks: ColumnType<Record<EvidenceCheck, boolean> | null, string | null, string | null>;
    note: string | null;
    manifest_hash: string;
    /** The facts as they stood when the reviewer decided. */
    facts: Json<CandidateFacts>;
    at: Date;
  };
  standard: {
    id: string;
    offence: Offence;
    level: CaseLevel;
    condition: string;
    limit_value: number;
    limit_unit: LimitUnit;
    close_condition: string;
    is_default: Generated<boolean>;
  };
  calendar_day: { date: string; kind: 'holiday' | 'make_up'; name: string };
  case_serial: { day: string; last: number };
  case_file: {
    case_no: string;
    candidate_id: string;
    state: CaseState;
    level: CaseLevel;
    version: number;
    offence: Offence;
    camera_id: string;
    zone: string;
    address: string | null;
    unit_id: string | null;
    standard_id: string | null;
    created_at: Date;
    deadline: Date | null;
    /** When the unit replied; null again while it reworks. */
    disposed_at: Date | null;
    ended_at: Date | null;
  };
  photo: {
    id: Generated<string>;
    sha256: string;
    bytes: number;
    width: number;
    height: number;
    uploaded_by: string;
    uploaded_at: Date;
    /** The case whose flow it is attached to, once it is. */
    case_no: string | null;
  };
  flow_record: {
    case_no: string;
    seq: number;
    from_state: CaseState | null;
    to_state: CaseState;
    action: CaseAction | 'report';
    actor: string;
    role: Role | null;
    unit_id: string | null;
    at: Date;
    deadline: Date | null;
    overdue: boolean;
    opinion: string | null;
    attachments: Json<PhotoAttachment[]>;
    prev_hash: string | null;
    hash: string;
  };
}

export interface PhotoAttachment {
  readonly id: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;
export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
