import type { CandidateEvent, DetectionBatch, Rule, Scene } from '../domain/mod.ts';
import type { Moment } from './candidate-events.ts';
import { toFamily } from './family.ts';
import { isSeen, type Presence, toClass } from './presence.ts';
import { createRuleMemory, type RuleMemory, shiftMemory } from './rule-memory.ts';
import { toSample } from './sample.ts';
import { type BatchTime, judgeTime, stepClock } from './sample-clock.ts';
import type { RulesCounters, RulesState } from './state.ts';
import { closeRule, countHeld, type RuleState, stepRule, waitRule } from './step-rule.ts';
import { type RememberedPlace, stepTracker } from './tracker.ts';
import { maxBirthScore } from './tuning.ts';

export interface StepResult {
  readonly state: RulesState;
  readonly events: CandidateEvent[];
}

/** The counters of batches that change nothing else. */
type Refusal = 'duplicateBatches' | 'lateBatches' | 'foreignBatches' | 'brokenBatches';

/**
 * Folds one batch into the state of its camera. Pure: the same state, scene and batch give the same answer,
 * and the given state is left as it was. A batch that came before, came late or is of another camera
 * changes nothing but a counter, so delivering a log again or twice makes no event.
 */
export function step(state: RulesState, scene: Scene, batch: DetectionBatch): StepResult {
  const time = judgeTime(state.clock, batch.capturedAtMs, batch.ptsMs);
  const refused = refuseBatch(state, batch, time);
  if (refused !== null) {
    const counters = { ...state.counters, [refused]: state.counters[refused] + 1 };
    return { state: { ...state, counters }, events: [] };
  }
  const events: CandidateEvent[] = [];
  const isJump = time === 'set_back' || time === 'set_forward';
  const opened = closeGoneRules(
    isJump ? startNewTime(state, batch, scene, events) : state,
    scene,
    batch,
    events,
  );
  const clock = stepClock(state.clock, batch.capturedAtMs, batch.ptsMs, isJump);
  const folded =
    batch.view === undefined
      ? foldDetections(opened, scene, batch, clock)
      : foldBlind(opened, scene, batch, clock);
  events.push(...folded.events);
  return {
    state: {
      ...folded.state,
      counters: countStep(folded.state, batch, isHole(state, clock, isJump), time, events),
    },
    events,
  };
}

type Clock = ReturnType<typeof stepClock>;

function foldDetections(
  state: RulesState,
  scene: Scene,
  batch: DetectionBatch,
  { clock, state: clockState }: Clock,
): StepResult {
  const tracking = stepTracker(
    state,
    batch.detections,
    clock,
    toBirthScore(scene),
    listOutOfSight(state.presences),
  );
  const sample = toSample(
    batch,
    clock,
    clockState.watchedSinceMs,
    tracking,
    scene.ground ?? null,
    state.nextTrackId,
  );
  const moment: Moment = { batch, atMs: batch.capturedAtMs, sceneVersion: scene.version };
  const events: CandidateEvent[] = [];
  const presences: Presence[] = [];
  const memories: RuleMemory[] = [];
  let { nextPresenceKey } = state;
  let overflow = 0;
  for (const rule of scene.rules) {
    const result = stepRule(rule, toRuleState(state, rule), sample, moment, nextPresenceKey);
    nextPresenceKey = result.nextKey;
    overflow += result.overflow;
    for (const presence of result.presences) presences.push(presence);
    memories.push(result.memory);
    for (const event of result.events) events.push(event);
  }
  const { counters } = state;
  return {
    state: {
      v: 3,
      camera: batch.camera,
      clock: clockState,
      tracks: tracking.tracks,
      nextTrackId: tracking.nextTrackId,
      presences,
      nextPresenceKey,
      memories,
      rules: scene.rules,
      counters:
        tracking.overflow + overflow === 0
          ? counters
          : {
              ...counters,
              tracksOverflowed: counters.tracksOverflowed + tracking.overflow,
              presencesOverflowed: counters.presencesOverflowed + overflow,
            },
    },
    events,
  };
}

/** A bad view shows nothing of the street: tracks and stays wait for a better one. */
function foldBlind(
  state: RulesState,
  scene: Scene,
  batch: DetectionBatch,
  { clock, state: clockState }: Clock,
): StepResult {
  const moment: Moment = { batch, atMs: batch.capturedAtMs, sceneVersion: scene.version };
  const results = scene.rules.map((rule) => waitRule(rule, toRuleState(state, rule), clock, moment));
  return {
    state: {
      ...state,
      camera: batch.camera,
      clock: { ...clockState, isBlind: true },
      presences: results.flatMap(({ presences }) => presences),
      memories: results.map(({ memory }) => memory),
      rules: scene.rules,
    },
    events: results.flatMap((result) => result.events),
  };
}

/** After the camera's clock was set: what stood has ended with its last sight, in the old time; all else begins in the new one. */
function startNewTime(
  state: RulesState,
  batch: DetectionBatch,
  scene: Scene,
  events: CandidateEvent[],
): RulesState {
  if (state.clock === null) return state;
  const { lastMs, typicalMs } = state.clock;
  const moment: Moment = { batch, atMs: lastMs, sceneVersion: scene.version };
  const memories = state.rules.map((rule) => {
    const closed = closeRule(rule, toRuleState(state, rule), moment, 'clock');
    events.push(...closed.events);
    return shiftMemory(closed.memory, batch.capturedAtMs - lastMs - typicalMs);
  });
  return { ...state, tracks: [], presences: [], memories };
}

/** Ends the stays of rules that the scene no longer has. */
function closeGoneRules(
  state: RulesState,
  scene: Scene,
  batch: DetectionBatch,
  events: CandidateEvent[],
): RulesState {
  if (state.rules === scene.rules) return state;
  const moment: Moment = { batch, atMs: batch.capturedAtMs, sceneVersion: scene.version };
  for (const rule of state.rules)
    if (!scene.rules.some(({ id }) => id === rule.id))
      events.push(...closeRule(rule, toRuleState(state, rule), moment, 'rule').events);
  return state;
}

/** The counter of the reason for which a batch is not used; `null` for a good one. */
function refuseBatch(state: RulesState, batch: DetectionBatch, time: BatchTime): Refusal | null {
  if (!Number.isFinite(batch.capturedAtMs)) return 'brokenBatches';
  if (state.camera !== null && batch.camera !== state.camera) return 'foreignBatches';
  if (time === 'again') return 'duplicateBatches';
  return time === 'late' ? 'lateBatches' : null;
}

/** A pause in the stream, not a bad view nor a clock that was set. */
function isHole(before: RulesState, { clock }: Clock, isJump: boolean): boolean {
  return clock.isAfterHole && !isJump && before.clock?.isBlind !== true;
}

function countStep(
  { counters }: RulesState,
  batch: DetectionBatch,
  isAfterHole: boolean,
  time: BatchTime,
  events: readonly CandidateEvent[],
): RulesCounters {
  return {
    ...counters,
    batches: counters.batches + 1,
    holes: counters.holes + (isAfterHole ? 1 : 0),
    clockJumpsBack: counters.clockJumpsBack + (time === 'set_back' ? 1 : 0),
    clockJumpsForward: counters.clockJumpsForward + (time === 'set_forward' ? 1 : 0),
    viewBatches: counters.viewBatches + (batch.view === undefined ? 0 : 1),
    raised: counters.raised + events.filter(({ type }) => type === 'raised').length,
    suppressed: events.length === 0 ? counters.suppressed : countHeld(counters.suppressed, events),
  };
}

function toRuleState({ presences, memories }: RulesState, rule: Rule): RuleState {
  return {
    presences: presences.filter((presence) => presence.ruleId === rule.id),
    memory: memories.find(({ ruleId }) => ruleId === rule.id) ?? createRuleMemory(rule.id),
  };
}

/** Where stays are remembered that were not seen in the sample before. */
function listOutOfSight(presences: readonly Presence[]): RememberedPlace[] {
  const places: RememberedPlace[] = [];
  for (const presence of presences)
    if (presence.isConfirmed && !isSeen(presence))
      places.push({ box: presence.anchor, family: toFamily(toClass(presence)) });
  return places;
}

/** A detection begins a track when it could count for some rule. */
function toBirthScore(scene: Scene): number {
  return scene.rules.reduce((lowest, rule) => Math.min(lowest, rule.minScore), maxBirthScore);
}
