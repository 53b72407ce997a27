import type {
  AttestationItem,
  Box,
  CameraState,
  CandidateState,
  CaseAction,
  CaseLevel,
  CaseSource,
  CaseState,
  CaseTrack,
  ClockSource,
  DwellShares,
  ErrorCode,
  EvidenceCheck,
  EvidenceWant,
  Limit,
  ObjectClass,
  Offence,
  OmissionState,
  Polygon,
  RejectReason,
  ReminderChannel,
  ReviewResult,
  Role,
  SecondLook,
  SuppressionReason,
  ViewProblem,
} from '../../../domain/mod.ts';

/** A time with its offset, e.g. `2026-03-01T11:42:10+08:00`. */
export type IsoTime = string;

export interface UnitRef {
  readonly id: string;
  readonly name: string;
}

export interface Unit extends UnitRef {
  readonly kind: string;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unit: UnitRef | null;
  /** Posts that others are on duty for now. */
  readonly offDuty: readonly Role[];
  /** What must be done before anything else. */
  readonly duty: 'password' | 'second_factor' | null;
}

export interface OffenceRef {
  readonly code: Offence;
  readonly nameZh: string;
  readonly nameEn: string;
}

export interface Lease {
  /** User name of the reviewer who holds the candidate. */
  readonly by: string;
  readonly mine: boolean;
  readonly until: IsoTime;
}

export interface CandidateSummary {
  readonly id: string;
  readonly state: CandidateState;
  readonly version: number;
  readonly camera: UnitRef;
  readonly offence: OffenceRef;
  readonly zone: string;
  readonly class: ObjectClass;
  readonly from: IsoTime;
  readonly to: IsoTime | null;
  readonly raisedAt: IsoTime;
  readonly dwellMs: number;
  readonly meanScore: number;
  readonly lease: Lease | null;
  readonly thumbnailUrl: string | null;
  readonly caseNo: string | null;
  /** 2: confirmed once for a penalty, waiting for another person. */
  readonly stage: 1 | 2;
  readonly queuedAt: IsoTime | null;
  readonly escalatedAt: IsoTime | null;
  /** What keeps the rules from raising it. */
  readonly suppressed: {
    readonly reason: SuppressionReason;
    readonly since: IsoTime;
    readonly duplicateOf: string | null;
    readonly explanation: string;
  } | null;
}

export type StillMoment = 'first' | 'middle' | 'last';

export interface Still {
  readonly moment: StillMoment;
  readonly capturedAt: IsoTime;
  readonly ptsMs: number;
  readonly box: Box;
  readonly score: number;
  /** The original, or its masked copy where `masked` is true. */
  readonly originalUrl: string;
  readonly masked: boolean;
  /** A small masked copy of it; `null` where the package has none. */
  readonly thumbnailUrl: string | null;
  readonly annotatedUrl: string | null;
  readonly width: number;
  readonly height: number;
}

export interface Clip {
  readonly moment: 'start' | 'end';
  readonly url: string;
  readonly durationMs: number | null;
}

export interface ReviewRecord {
  readonly reviewer: string;
  readonly result: ReviewResult;
  readonly stage: number;
  readonly track: CaseTrack;
  readonly driverAbsent: boolean | null;
  readonly wants: EvidenceWant | null;
  readonly channel: ReminderChannel | null;
  readonly reason: RejectReason | null;
  readonly checks: Readonly<Record<EvidenceCheck, boolean>> | null;
  readonly note: string | null;
  readonly at: IsoTime;
}

export interface CandidateDetail extends CandidateSummary {
  /** First sight at rest; `from` is later where it counts from later. */
  readonly presentSince: IsoTime;
  readonly round: number;
  readonly repeatOf: string | null;
  readonly dwell: DwellShares;
  readonly samplesSeen: number;
  readonly samplesTaken: number;
  readonly longestGapMs: number;
  readonly onsetMs: number;
  readonly legalMs: number;
  readonly rule: { readonly id: string };
  readonly zonePolygon: Polygon;
  readonly stills: readonly Still[];
  readonly clips: readonly Clip[];
  readonly explanation: string;
  readonly clockErrorMs: number | null;
  readonly model: { readonly name: string; readonly sha256: string } | null;
  readonly sceneVersion: string;
  readonly evidence: {
    readonly manifestHash: string;
    readonly sealedAt: IsoTime;
    readonly keyId: string | null;
    /** When an outside authority said that it was there; `null` while none has. */
    readonly timeStampedAt: IsoTime | null;
    readonly timeStampFailure: string | null;
  } | null;
  readonly evidenceFailure: string | null;
  readonly review: ReviewRecord | null;
  /** Until when who decided may take it back. */
  readonly undoUntil: IsoTime | null;
  /** The candidate that shows the same. */
  readonly mergedInto: string | null;
  /** Those that were merged into this one. */
  readonly merged: readonly string[];
  readonly penaltyTrack: boolean;
  readonly needsDriverAbsent: boolean;
  readonly stillsToShow: readonly StillMoment[];
  readonly shownStills: readonly StillMoment[];
  readonly penaltyItemsMissing: readonly AttestationItem[];
  readonly evidenceRequest: {
    readonly wants: EvidenceWant;
    readonly by: string;
    readonly askedAt: IsoTime;
    readonly untilDwellMs: number | null;
    readonly answer: { readonly by: string; readonly at: IsoTime; readonly note: string } | null;
  } | null;
  readonly secondLook: {
    readonly look: SecondLook;
    readonly at: IsoTime;
    readonly remindedAt: IsoTime | null;
    readonly graceUntil: IsoTime | null;
    readonly lastSeen: IsoTime;
    readonly dwellMs: number;
    readonly explanation: string;
  } | null;
}

export interface BatchResult {
  readonly id: string;
  readonly status: 'rejected' | 'refused';
  readonly error: ErrorBody | null;
}

export interface CaseSummary {
  readonly caseNo: string;
  readonly state: CaseState;
  readonly stateZh: string;
  readonly level: CaseLevel;
  readonly version: number;
  readonly source: CaseSource;
  /** `null` for a class that no rule watches for. */
  readonly offence: OffenceRef | null;
  readonly class: { readonly scheme: string; readonly code: string; readonly name: string };
  readonly camera: UnitRef | null;
  readonly zone: string | null;
  readonly grid: UnitRef | null;
  readonly address: string | null;
  readonly unit: UnitRef | null;
  readonly createdAt: IsoTime;
  readonly deadline: IsoTime | null;
  readonly limit: Limit | null;
  readonly overdue: boolean;
  readonly thumbnailUrl: string | null;
  readonly actions: readonly CaseAction[];
}

export interface FlowRecord {
  readonly seq: number;
  readonly from: CaseState | null;
  readonly to: CaseState;
  readonly action: CaseAction | 'report' | 'escalate' | 'close_with_master';
  readonly actor: string;
  readonly role: Role | null;
  readonly unit: UnitRef | string | null;
  readonly at: IsoTime;
  readonly deadline: IsoTime | null;
  readonly overdue: boolean;
  readonly opinion: string | null;
  readonly attachments: readonly Attachment[];
  /** What the step says beside its words, by its action: see the server's flow records. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly prevHash: string | null;
  readonly hash: string;
}

/** A photo, by its id or with its address. */
export type Attachment = string | { readonly id: string; readonly url?: string };

export interface CaseDetail extends CaseSummary {
  readonly candidateId: string | null;
  /** Confirmed for a penalty. */
  readonly penaltyTrack: boolean;
  readonly outsideCoverage: boolean;
  /** `null` for what no member of the public reported first. */
  readonly omission: OmissionState | null;
  /** Units that take part while it is in coordination. */
  readonly consulted: readonly UnitRef[];
  readonly stills: readonly Still[];
  /** First record that does not fit its chain; `null`: the whole flow verifies. */
  readonly brokenFlow: number | null;
  readonly flow: readonly FlowRecord[];
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly nextCursor: string | null;
}

export interface CasePage extends Page<CaseSummary> {
  /** There are more than `total`. */
  readonly totalIsMinimum: boolean;
}

export interface RosterNow {
  readonly enforced: boolean;
  readonly onDuty: readonly {
    readonly post: Role;
    readonly number: number;
    readonly unit: string | null;
    readonly shift: string;
    readonly until: string;
  }[];
}

export interface Standard {
  readonly id: string;
  readonly offence: Offence | null;
  readonly condition: string;
  readonly limit: Limit;
  readonly closeCondition: string;
  readonly level: CaseLevel;
}

export interface Photo {
  readonly id: string;
  readonly url: string;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
}

export interface CameraRow {
  readonly id: string;
  readonly name: string;
  /** `null` when the camera has not reported yet. */
  readonly state: CameraState | null;
  readonly reason: string | null;
  readonly lastFrameAt: IsoTime | null;
  readonly framesSampled: number | null;
  readonly framesDropped: number | null;
  readonly keyframeGapMs: number | null;
  readonly clockSource: ClockSource | null;
  readonly clockErrorMs: number | null;
  readonly decodeDelayMs: number | null;
  readonly timeJumps: number | null;
  readonly view: {
    readonly problem: ViewProblem | null;
    readonly reason: string;
    readonly since: IsoTime | null;
  } | null;
  readonly sampling: { readonly isStarved: boolean; readonly reason: string } | null;
  readonly codec: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly evidenceEligible: boolean;
  readonly attestationsMissing: readonly AttestationItem[];
}

export interface Summary {
  /** The time on the city's clock. */
  readonly now: IsoTime;
  readonly candidates: Readonly<Partial<Record<CandidateState, number>>>;
  readonly suppressed: Readonly<Partial<Record<SuppressionReason, number>>>;
  readonly cases: Readonly<Partial<Record<CaseState, number>>>;
  readonly overdue: number;
  readonly missingCalendarYears: readonly number[];
}

export interface ErrorBody {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}
