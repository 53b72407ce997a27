export {
  type CameraHealth,
  type CameraSource,
  type CameraState,
  type ClockSource,
  type LiveStream,
  type SamplingHealth,
  type TlsPolicy,
  type ViewAcceptance,
  type ViewHealth,
  type ViewProblem,
  viewProblems,
} from './camera.ts';
export {
  type CandidateEvent,
  type CandidateEventType,
  type CandidateFacts,
  type DwellShares,
  type Sighting,
  type Suppression,
  type SuppressionReason,
  suppressionReasons,
} from './candidate.ts';
export { toCandidateId } from './candidate-id.ts';
export {
  type AttestationItem,
  attestationItems,
  type CandidateMove,
  type CandidateState,
  type CandidateTransition,
  type CaseTrack,
  candidateStates,
  candidateTransitions,
  caseTracks,
  type EvidenceCheck,
  type EvidenceWant,
  evidenceChecks,
  evidenceWants,
  type RejectReason,
  type ReminderChannel,
  type ReviewResult,
  rejectReasons,
  reminderChannels,
  reviewResults,
  type SecondLook,
  secondLooks,
} from './candidate-review.ts';
export {
  type ApplicationKind,
  applicationKinds,
  type CaseAction,
  type CaseLevel,
  type CaseSource,
  type CaseState,
  type CloseType,
  caseActions,
  caseSources,
  caseStates,
  closeTypes,
  isOpenState,
  type OmissionState,
  omissionStates,
  openStates,
} from './case.ts';
export { type CaseClass, type ClassScheme, classSchemes, toOffenceClass } from './case-class.ts';
export {
  findTransition,
  listActions,
  type Transition,
  type TransitionField,
  transitions,
} from './case-transitions.ts';
export {
  type CustodyAction,
  type CustodyEnd,
  type CustodyEndRecord,
  type CustodyEntry,
  type CustodyLine,
  type CustodyLogHead,
  type CustodyRecord,
  type CustodyRoot,
  type CustodyRootRecord,
  custodyActions,
} from './custody.ts';
export { formatDaySpan, formatDays } from './day-text.ts';
export {
  extendDeadline,
  type Light,
  lights,
  type RunningLimit,
  shiftForPause,
  toLight,
  toShareInstant,
} from './deadline-clock.ts';
export { type Detection, type DetectionBatch, type ModelRef } from './detection.ts';
export { durationPattern, formatDuration, parseDuration } from './duration.ts';
export {
  type EnforcementAction,
  type EnforcementState,
  enforcementActions,
  enforcementStates,
  enforcementTransitions,
  importedFrom,
  type ObjectionReason,
  objectionReasons,
} from './enforcement.ts';
export { type ErrorCode, errorCodes, isOfMachine, toMessage, XunjieError } from './errors.ts';
export {
  type EvidenceEvent,
  type EvidenceItem,
  type EvidenceItemKind,
  type EvidenceManifest,
  type EvidenceSignature,
  type EvidenceTimeStamp,
  type FootageClip,
  type FootageFrame,
  type FootageReader,
  type StillMasking,
  timeStampFile,
} from './evidence.ts';
export { toFirstHealth } from './first-health.ts';
export { type GeoPoint, isInRing, type Ring, toDistanceM } from './geo.ts';
export {
  type Box,
  isInside,
  type Point,
  type Polygon,
  toBoxArea,
  toFootprint,
  toIntersectionArea,
  toIou,
  toPolygonArea,
} from './geometry.ts';
export { applyHomography, type Homography } from './homography.ts';
export {
  type CountName,
  type Counts,
  computeIndicators,
  countFacts,
  countNames,
  emptyCounts,
  type Indicator,
} from './indicator.ts';
export { toEnglishFormula, toWords } from './indicator-english.ts';
export { isObjectClass, type ObjectClass, objectClasses } from './object-class.ts';
export { type Offence, type OffenceFacts, offenceFacts, offences } from './offence.ts';
export { parseLimit } from './parse-limit.ts';
export { resolveScene } from './resolve-scene.ts';
export { isKeeperRole, keeperRoles, type Role, roles } from './role.ts';
export { type HoursInterval, toRuleHours } from './rule-hours.ts';
export type { Ground, Rule, Scene } from './scene.ts';
export { SceneFile } from './scene-file.ts';
export { toSceneSchema } from './scene-schema.ts';
export {
  type DateHours,
  type DaySpan,
  type PermittedWindow,
  type RuleHours,
  type Schedule,
  type Weekday,
  type WeeklyHours,
  weekdays,
} from './schedule.ts';
export { findSchemaIssues, formatPath, type SchemaIssue } from './schema-issue.ts';
export { computeScores, type Peers } from './score.ts';
export { defaultStageLimits } from './stage-limit.ts';
export { cameraIdPattern, type StreamName, shardCount, toShard, toSubject } from './subjects.ts';
export {
  addLimit,
  defaultWorkPeriods,
  isWorkDay,
  type Limit,
  type LimitUnit,
  limitUnits,
  type WorkCalendar,
  type WorkPeriod,
} from './work-time.ts';
export { fromLocalTime, toLocalTime, toZonedIso, toZoneOffsetMs } from './zoned-time.ts';
