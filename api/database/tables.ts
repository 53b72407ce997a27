import type { ColumnType, Generated, Kysely, Selectable, Transaction } from 'kysely';
import type {
  ApplicationKind,
  CameraHealth,
  CameraState,
  CandidateFacts,
  CandidateState,
  CaseAction,
  CaseLevel,
  CaseSource,
  CaseState,
  ClassScheme,
  CloseType,
  CustodyAction,
  EvidenceItem,
  EvidenceSignature,
  LimitUnit,
  Offence,
  OmissionState,
  Role,
  SuppressionReason,
  WorkPeriod,
} from '../../domain/mod.ts';
import type { AccountTables } from './account-tables.ts';
import type { FlowTables } from './flow-tables.ts';
import type { IntegrationTables } from './integration-tables.ts';
import type { Json } from './json-column.ts';
import type { EvidenceRequest, ReviewTables, SecondLookFacts } from './review-tables.ts';

export interface Tables extends AccountTables, FlowTables, IntegrationTables, ReviewTables {
  unit: {
    id: string;
    name: string;
    kind: string;
    level: string | null;
    parent_id: string | null;
    is_active: Generated<boolean>;
  };
  /** Corners as [longitude, latitude]. */
  grid: { id: string; name: string; town: string | null; ring: Json<[number, number][]> };
  person: {
    id: string;
    post: Role;
    number: number;
    unit_id: string | null;
    /** The account, where the person has one. */
    username: string | null;
    is_active: Generated<boolean>;
  };
  grid_collector: { grid_id: string; person_id: string; from_date: string; to_date: string | null };
  duty: { date: string; shift: string; person_id: string; from_time: string; to_time: string };
  case_class: {
    scheme: ClassScheme;
    code: string;
    kind: 'event' | 'component';
    major: string;
    name: string;
    offence: Offence | null;
    /** The same thing in another scheme. */
    same_scheme: ClassScheme | null;
    same_code: string | null;
    is_active: Generated<boolean>;
  };
  /** No class: any; two digits: a major class. No grid: anywhere. */
  routing_rule: {
    id: string;
    class_scheme: ClassScheme | null;
    class_code: string | null;
    grid_id: string | null;
    unit_id: string;
  };
  offence_item: {
    code: string;
    name: string;
    class_scheme: ClassScheme;
    class_code: string;
    legal_basis: string;
    penalty_mode: 'none' | 'correct_first' | 'direct';
    first_offence_policy: string | null;
    non_site_enabled: boolean;
    public_list_url: string | null;
  };
  camera_place: {
    camera_id: string;
    lon: number;
    lat: number;
    address: string | null;
    road: string | null;
    kind: 'fixed' | 'ptz' | 'mobile';
    /** Height above the ground, metres. */
    mounted_m: number | null;
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
    /** Where it stands; the database keeps it true. */
    grid_id: Generated<string | null>;
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
    /** When the holder of the lease took it. */
    lease_at: Generated<Date | null>;
    /** 2: confirmed once for a penalty, waiting for another person. */
    stage: Generated<1 | 2>;
    penalty_track: Generated<boolean>;
    /** Of stage 2, or of the candidate that this one repeats blindly: who may not decide here. */
    first_reviewer_id: string | null;
    /** The decided candidate that this one puts before a second person, who does not know. */
    blind_of: string | null;
    /** By which its package is asked for, instead of the manifest's hash. */
    blind_package: string | null;
    /** The candidate that shows the same. */
    merged_into: string | null;
    /** The decision that it is compared with. */
    blind_review_id: string | null;
    queued_at: Date | null;
    /** When it is escalated, and after that, when it expires. */
    limit_at: Date | null;
    escalated_at: Date | null;
    /** Moments whose stills the holder of the lease has been shown under it. */
    lease_shown: Generated<string[]>;
    evidence_request: ColumnType<EvidenceRequest | null, string | null | undefined, string | null>;
    second_look: ColumnType<SecondLookFacts | null, string | null | undefined, string | null>;
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
    /** When an outside authority says that it has seen the package. */
    time_stamped_at: Generated<Date | null>;
    /** The database's own: three moments in original and a clip at each end. */
    is_complete: Generated<boolean | null>;
    time_stamp_failure: Generated<string | null>;
    time_stamp_tries: Generated<number>;
    time_stamp_next_at: Generated<Date | null>;
  };
  plate: {
    candidate_id: string;
    key_id: string;
    encrypted: Buffer;
    blind_index: string;
    entered_by: string;
    entered_at: Date;
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
  view_purpose: { session_hash: string; manifest_hash: string; purpose: string; until: Date };
  standard: {
    id: string;
    class_scheme: ClassScheme;
    class_code: string;
    /** `null` for a class that no rule watches for. */
    offence: Offence | null;
    level: CaseLevel;
    condition: string;
    limit_value: number;
    limit_unit: LimitUnit;
    close_condition: string;
    is_default: Generated<boolean>;
  };
  calendar_day: { date: string; kind: 'holiday' | 'make_up'; name: string };
  case_serial: { day: string; last: number };
  region: {
    id: string;
    name: string;
    kind: 'covered' | 'excluded';
    ring: Json<[number, number][]>;
    /** 一期、二期. */
    phase: string | null;
    from_date: string | null;
    reason: string | null;
    refer_to: string | null;
  };
  /** Of a unit, of the collectors, or `default`. */
  work_hours: { owner: string; periods: Json<WorkPeriod[]> };
  stage_limit: { state: CaseState; limit_value: number; limit_unit: LimitUnit };
  case_file: {
    case_no: string;
    source: Generated<CaseSource>;
    /** `null` for what no camera raised; so are camera and zone. */
    candidate_id: string | null;
    state: CaseState;
    level: CaseLevel;
    version: number;
    /** `null` for a class that no rule watches for. */
    offence: Offence | null;
    class_scheme: ClassScheme | null;
    class_code: string | null;
    camera_id: string | null;
    zone: string | null;
    address: string | null;
    description: string | null;
    reporter: string | null;
    lon: number | null;
    lat: number | null;
    grid_id: string | null;
    /** Counts from 1; reopening begins another. */
    round: Generated<number>;
    close_type: CloseType | null;
    is_verified: boolean | null;
    /** `null` for what no member of the public reported first. */
    omission: OmissionState | null;
    /** It lies in none of the regions that are covered. */
    outside_coverage: Generated<boolean>;
    first_dispatched_at: Date | null;
    wrong_dispatch_count: Generated<number>;
    return_count: Generated<number>;
    /** Returns that the dispatcher refused: 推诿. */
    shuffle_count: Generated<number>;
    extension_count: Generated<number>;
    suspension_count: Generated<number>;
    rework_count: Generated<number>;
    urge_count: Generated<number>;
    overdue_exempt: Generated<boolean>;
    merged_into: string | null;
    merged_from_state: CaseState | null;
    unit_id: string | null;
    /** While it is in coordination: the units that take part. Empty otherwise. */
    consulted_unit_ids: Generated<string[]>;
    standard_id: string | null;
    /** Of the standard as it was when the case was filed. */
    limit_value: number | null;
    limit_unit: LimitUnit | null;
    created_at: Date;
    deadline: Date | null;
    /** Start of the disposal clock, moved by its pauses. */
    clock_from: Date | null;
    /** Since when the case is in its state, and until when it may wait there. */
    stage_from: Date | null;
    stage_deadline: Date | null;
    suspended_at: Date | null;
    suspended_until: Date | null;
    /** The highest share of the limit that has been told: 0, 80, 100 or 150. */
    escalated_percent: Generated<number>;
    /** When the unit replied; null again while it reworks. */
    disposed_at: Date | null;
    ended_at: Date | null;
    penalty_track: Generated<boolean>;
  };
  case_timer: { case_no: string; kind: TimerKind; due_at: Date };
  case_application: {
    id: Generated<string>;
    case_no: string;
    round: number;
    kind: ApplicationKind;
    state: Generated<'open' | 'endorsed' | 'granted' | 'refused' | 'lapsed'>;
    unit_id: string | null;
    applicant: string;
    applied_at: Date;
    reason: string;
    until: Date | null;
    endorsed_by: string | null;
    endorsed_at: Date | null;
    decided_by: string | null;
    decided_at: Date | null;
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
    action: FlowAction;
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
    hash_version: Generated<number>;
    round: Generated<number>;
    stage_deadline: Date | null;
    details: ColumnType<Record<string, unknown>, string | undefined, string>;
  };
}

/** What a flow record may say: a step, or what only the machine does. */
export type FlowAction = CaseAction | 'report' | 'escalate' | 'close_with_master';
export type TimerKind = 'warn' | 'overdue' | 'escalate' | 'resume';
export interface PhotoAttachment {
  readonly id: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

export type Database = Kysely<Tables>;
export type DatabaseTransaction = Transaction<Tables>;
export type Row<Table extends keyof Tables> = Selectable<Tables[Table]>;
