import type { CandidateEvent, DetectionBatch, Rule, Scene } from '../domain/mod.ts';
import { type Moment, publishCurrent, publishEnd } from './candidate-events.ts';
import type { Presence } from './presence.ts';
import { toSample } from './sample.ts';
import { stepClock } from './sample-clock.ts';
import type { RulesCounters, RulesState } from './state.ts';
import { stepStays } from './stays.ts';
import { stepTracker } from './tracker.ts';
import { maxBirthScore } from './tuning.ts';

/**
 * Folds one batch into the state of its camera. Pure: the same state, scene and batch give the same answer,
 * and the given state is left as it was. A batch that is not newer than the last one, or of another camera,
 * changes nothing but a counter, so delivering a log again or twice makes no event.
 */
export function step(
  state: RulesState,
  scene: Scene,
  batch: DetectionBatch,
): { state: RulesState; events: CandidateEvent[] } {
  const refused = refuseBatch(state, batch);
  if (refused !== null) {
    const counters = { ...state.counters, [refused]: state.counters[refused] + 1 };
    return { state: { ...state, counters }, events: [] };
  }
  const { clock, state: clockState } = stepClock(state.clock, batch.capturedAtMs);
  const tracking = stepTracker(state, batch.detections, clock, toBirthScore(scene));
  const sample = toSample(batch, clock, tracking);
  const moment: Moment = { batch, sceneVersion: scene.version };
  const events: CandidateEvent[] = [];
  const presences: Presence[] = [];
  let nextPresenceKey = state.nextPresenceKey;
  let presencesOverflowed = 0;
  for (const rule of listEndedRules(state.rules, scene.rules))
    for (const presence of listOf(state.presences, rule)) events.push(...publishEnd(presence, rule, moment));
  for (const rule of scene.rules) {
    const stays = stepStays(rule, listOf(state.presences, rule), sample, nextPresenceKey);
    nextPresenceKey = stays.nextKey;
    presencesOverflowed += stays.overflow;
    for (const presence of stays.ended) events.push(...publishEnd(presence, rule, moment));
    for (const presence of stays.current) {
      const published = publishCurrent(presence, rule, moment);
      presences.push(published.presence);
      events.push(...published.events);
    }
  }
  const { counters } = state;
  return {
    state: {
      v: 1,
      camera: batch.camera,
      clock: clockState,
      tracks: tracking.tracks,
      nextTrackId: tracking.nextTrackId,
      presences,
      nextPresenceKey,
      rules: scene.rules,
      counters: {
        ...counters,
        batches: counters.batches + 1,
        holes: counters.holes + (clock.isAfterHole ? 1 : 0),
        tracksOverflowed: counters.tracksOverflowed + tracking.overflow,
        presencesOverflowed: counters.presencesOverflowed + presencesOverflowed,
      },
    },
    events,
  };
}

/** The counter of the reason for which a batch is not used; `null` for a good one. */
function refuseBatch(state: RulesState, batch: DetectionBatch): keyof RulesCounters | null {
  if (!Number.isFinite(batch.capturedAtMs)) return 'brokenBatches';
  if (state.camera !== null && batch.camera !== state.camera) return 'foreignBatches';
  if (state.clock === null || batch.capturedAtMs > state.clock.lastMs) return null;
  return batch.capturedAtMs === state.clock.lastMs ? 'duplicateBatches' : 'lateBatches';
}

function listOf(presences: readonly Presence[], rule: Rule): Presence[] {
  return presences.filter((presence) => presence.ruleId === rule.id);
}

function listEndedRules(before: readonly Rule[], now: readonly Rule[]): Rule[] {
  if (before === now) return [];
  return before.filter((old) => !now.some((rule) => rule.id === old.id));
}

/** A detection begins a track when it could count for some rule. */
function toBirthScore(scene: Scene): number {
  return scene.rules.reduce((lowest, rule) => Math.min(lowest, rule.minScore), maxBirthScore);
}
