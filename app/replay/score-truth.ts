import {
  type CandidateFacts,
  isInside,
  type ObjectClass,
  type Point,
  type Polygon,
  type Rule,
  toFootprint,
} from '../../domain/mod.ts';
import {
  type Alarm,
  type EventScore,
  type ScoreOptions,
  type Span,
  scoreEvents,
  type TrueEvent,
} from '../../rules/mod.ts';
import type { CameraSpan, SceneOf } from './fold-log.ts';
import { parseTime } from './parse-time.ts';
import type { Truth, TruthEvent, TruthTime } from './read-truth.ts';

export interface TruthScore extends EventScore {
  /** Alarms before the threshold by no more than this count as on time. */
  readonly earlyMs: number;
  /** What was left out, and why. */
  readonly notes: readonly string[];
}

export interface TruthScoreOptions {
  /** `null`: one sample of the log, a second at most. */
  readonly earlyMs: number | null;
  readonly alpha: number | null;
  readonly timeZone: string;
}

/** What of a raised candidate is scored. */
export type RaisedFacts = Pick<
  CandidateFacts,
  | 'id'
  | 'camera'
  | 'ruleId'
  | 'offence'
  | 'zone'
  | 'raisedAtMs'
  | 'lastSeenMs'
  | 'legalMs'
  | 'round'
  | 'first'
  | 'middle'
  | 'last'
>;

const vehicles: readonly ObjectClass[] = ['car', 'truck', 'bus'];
const maxEarlyMs = 1000;

/** Scores what was raised against what people marked. Cameras without truth, rounds after the first and rules that the truth does not speak of are left out. */
export function scoreTruth(
  raised: readonly RaisedFacts[],
  truths: readonly Truth[],
  { cameras, sceneOf }: { cameras: readonly CameraSpan[]; sceneOf: SceneOf },
  options: TruthScoreOptions,
): TruthScore {
  const notes: string[] = [];
  const events: TrueEvent[] = [];
  const legalMs = new Map<string, number>();
  const spans = new Map<string, Span>();
  const scoredRules = new Set<string>();
  let gapMs = 0;
  for (const truth of truths) {
    const camera = findCamera(truth, truths, cameras);
    if (camera === null) {
      notes.push(`${truth.file}: no recorded detections of ${truth.camera}`);
      continue;
    }
    spans.set(camera.camera, camera);
    gapMs = Math.max(gapMs, camera.gapMs);
    const rules = (sceneOf(camera.camera)?.rules ?? []).filter(
      (rule) => !truth.isVehiclesOnly || isForVehicles(rule),
    );
    for (const rule of rules) {
      scoredRules.add(toKey(camera.camera, rule.id));
      legalMs.set(toKey(camera.camera, rule.id), rule.legalMs);
    }
    for (const event of truth.events) {
      const concerned = rules.filter((rule) => isConcerned(rule, event, truth, rules));
      if (concerned.length === 0) notes.push(`${truth.file}: ${event.id} concerns no rule of the scene`);
      const toMs = (time: TruthTime): number | null =>
        toCaptureMs(time, camera, options.timeZone, truth.file);
      events.push({
        id: event.id,
        camera: camera.camera,
        ruleIds: concerned.map(({ id }) => toKey(camera.camera, id)),
        fromMs: toMs(event.from),
        toMs: toMs(event.to),
        box: event.box,
      });
    }
  }
  const untold = cameras.filter(({ camera }) => !spans.has(camera));
  if (untold.length > 0)
    notes.push(`no truth of ${untold.map(({ camera }) => camera).join(', ')}: not scored`);
  const alarms = raised.filter(({ round }) => round === 1).map(toAlarm);
  const scored = alarms.filter(({ ruleId }) => scoredRules.has(ruleId));
  const passedOver = alarms.filter(
    ({ ruleId, camera }) => spans.has(camera) && !scoredRules.has(ruleId),
  ).length;
  if (passedOver > 0)
    notes.push(`${passedOver} candidates of offences that the truth does not speak of: not scored`);
  const earlyMs = options.earlyMs ?? Math.min(gapMs, maxEarlyMs);
  const scoreOptions: ScoreOptions = {
    legalMs,
    spans,
    earlyMs,
    ...(options.alpha !== null && { alpha: options.alpha }),
  };
  return { ...scoreEvents(scored, events, scoreOptions), earlyMs, notes };
}

/** Rules are told apart by camera: many cameras share a scene. */
function toKey(camera: string, ruleId: string): string {
  return `${camera} ${ruleId}`;
}

function toAlarm(facts: RaisedFacts): Alarm {
  const { id, camera, ruleId, offence, zone, legalMs, first, middle, last } = facts;
  return {
    id,
    camera,
    ruleId: toKey(camera, ruleId),
    offence,
    zone,
    raisedAtMs: facts.raisedAtMs ?? facts.lastSeenMs,
    legalMs,
    boxes: [first.box, middle.box, last.box],
  };
}

/** A single truth file and a single camera belong together whatever they are called. */
function findCamera(
  truth: Truth,
  truths: readonly Truth[],
  cameras: readonly CameraSpan[],
): CameraSpan | null {
  const named = cameras.find(({ camera }) => camera === truth.camera);
  return named ?? (truths.length === 1 && cameras.length === 1 ? (cameras[0] ?? null) : null);
}

function isForVehicles({ classes }: Rule): boolean {
  return vehicles.some((name) => classes.includes(name));
}

/** Whether a rule should have raised the event: its offence, and its zone by name, by the thing's place, or by the marked zone's middle. */
function isConcerned(rule: Rule, event: TruthEvent, truth: Truth, rules: readonly Rule[]): boolean {
  if (event.offence !== null && event.offence !== rule.offence) return false;
  if (event.class !== null && (rule.exempt as readonly string[]).includes(event.class)) return false;
  if (event.zone !== null && rules.some(({ zone }) => zone === event.zone)) return rule.zone === event.zone;
  if (event.box !== null) return isInside(toFootprint(event.box), rule.polygon);
  const polygon = event.zone === null ? undefined : truth.zones[event.zone];
  return polygon === undefined || isInside(toMiddle(polygon), rule.polygon);
}

function toMiddle(polygon: Polygon): Point {
  const sum = polygon.reduce((total, [x, y]) => [total[0] + x, total[1] + y] as const, [0, 0] as readonly [
    number,
    number,
  ]);
  return [sum[0] / polygon.length, sum[1] / polygon.length];
}

function toCaptureMs(
  time: TruthTime,
  { originMs }: CameraSpan,
  timeZone: string,
  file: string,
): number | null {
  if (time === null) return null;
  if (typeof time === 'number') return originMs + time * 1000;
  return parseTime(time, { option: file, timeZone, nowMs: 0 });
}
