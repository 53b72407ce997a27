import type { CandidateEvent, CandidateFacts, DetectionBatch, Scene } from '../../domain/mod.ts';
import {
  createPlaceState,
  createRulesState,
  listStanding,
  type PlaceState,
  type RulesState,
  step,
  stepPlace,
} from '../../rules/mod.ts';
import type { DetectionLog } from './detection-log.ts';

/** The scene of a camera; `null`: nobody watches it. */
export type SceneOf = (camera: string) => Scene | null;

/** What the log holds of one camera. */
export interface CameraSpan {
  readonly camera: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Capture time from which seconds are counted: the clip's beginning, or the first batch of a live camera. */
  readonly originMs: number;
  readonly batches: number;
  /** Usual time between two samples; 0 where there is only one. */
  readonly gapMs: number;
}

/** What the rules of one scene file make of the log. */
export interface FoldOutcome {
  /** As they were when they were raised, in that order. */
  readonly raised: readonly CandidateFacts[];
  /** As last heard of, by id. */
  readonly latest: ReadonlyMap<string, CandidateFacts>;
  /** Held back and not raised later, as they were when that was said. */
  readonly suppressed: readonly CandidateFacts[];
  /** Followed and not raised, as last heard of; empty unless asked for. */
  readonly followed: readonly CandidateFacts[];
  /** What the fold met that it did not use, summed over the cameras; only what is not zero. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface Folded {
  readonly cameras: readonly CameraSpan[];
  /** Cameras without a scene in any of the variants, and their batches. */
  readonly unwatched: ReadonlyMap<string, number>;
  readonly outcomes: readonly FoldOutcome[];
}

/** Folds a log under each of several scenes at once: every batch is read and parsed once. */
export async function foldLog(
  log: DetectionLog,
  variants: readonly SceneOf[],
  options: { keepFollowed: boolean } = { keepFollowed: false },
): Promise<Folded> {
  const folds = variants.map((sceneOf) => createFold(sceneOf, options.keepFollowed));
  const spans = new Map<string, SpanGauge>();
  const unwatched = new Map<string, number>();
  for await (const batches of log.read())
    for (const batch of batches) {
      let isWatched = false;
      for (const fold of folds) if (fold.add(batch)) isWatched = true;
      if (!isWatched) unwatched.set(batch.camera, (unwatched.get(batch.camera) ?? 0) + 1);
      else if (!measure(spans, batch)) spans.set(batch.camera, startGauge(batch));
    }
  return {
    cameras: [...spans.values()].map(toSpan),
    unwatched,
    outcomes: folds.map((fold) => fold.finish()),
  };
}

interface CameraFold {
  readonly scene: Scene;
  state: RulesState;
  newest: DetectionBatch;
}

/** Counters of what every log has. */
const expected = new Set(['batches', 'raised']);

interface Fold {
  /** `false`: its camera has no scene. */
  add(batch: DetectionBatch): boolean;
  finish(): FoldOutcome;
}

function createFold(sceneOf: SceneOf, keepFollowed: boolean): Fold {
  const cameras = new Map<string, CameraFold | null>();
  const raised: CandidateFacts[] = [];
  const latest = new Map<string, CandidateFacts>();
  const suppressed = new Map<string, CandidateFacts>();
  const followed = new Map<string, CandidateFacts>();
  const places = createPlaces();
  const note = (type: string, candidate: CandidateFacts): void => {
    const { id } = candidate;
    if (type === 'raised') {
      raised.push(candidate);
      latest.set(id, candidate);
      suppressed.delete(id);
      followed.delete(id);
      return;
    }
    if (latest.has(id) || suppressed.has(id)) latest.set(id, candidate);
    if (type === 'suppressed') {
      suppressed.set(id, candidate);
      latest.set(id, candidate);
    }
    if (keepFollowed && !latest.has(id)) followed.set(id, candidate);
  };
  /** How things stand at the log's end. */
  const settle = (candidate: CandidateFacts): void => {
    if (latest.has(candidate.id)) latest.set(candidate.id, candidate);
    else if (followed.has(candidate.id)) followed.set(candidate.id, candidate);
  };
  return {
    add(batch) {
      let fold = cameras.get(batch.camera);
      if (fold === undefined) {
        const scene = sceneOf(batch.camera);
        fold = scene === null ? null : { scene, state: createRulesState(), newest: batch };
        cameras.set(batch.camera, fold);
      }
      if (fold === null) return false;
      const folded = step(fold.state, fold.scene, batch);
      fold.state = folded.state;
      if (batch.capturedAtMs >= fold.newest.capturedAtMs) fold.newest = batch;
      for (const event of folded.events) {
        const { type, candidate } = places.judge(event, fold.scene);
        note(type, candidate);
      }
      return true;
    },
    finish() {
      const counters: Record<string, number> = {};
      for (const fold of cameras.values()) {
        if (fold === null) continue;
        for (const phase of ['raised', 'opened'] as const)
          for (const candidate of listStanding(fold.state, fold.scene, fold.newest, phase)) settle(candidate);
        for (const [name, count] of Object.entries(fold.state.counters))
          if (typeof count === 'number' && count > 0 && !expected.has(name))
            counters[name] = (counters[name] ?? 0) + count;
      }
      return {
        raised,
        latest,
        suppressed: [...suppressed.values()],
        followed: [...followed.values(), ...[...suppressed.keys()].flatMap((id) => latest.get(id) ?? [])],
        counters,
      };
    },
  };
}

/** The things that several cameras of one place see, told once as the program does: each event as the place's others leave it. */
function createPlaces(): { judge(event: CandidateEvent, scene: Scene): CandidateEvent } {
  const states = new Map<string, PlaceState>();
  return {
    judge(event, scene) {
      const { place, ruleId } = event.candidate;
      const rule = scene.rules.find(({ id }) => id === ruleId);
      if (place === null || rule === undefined) return event;
      const judged = stepPlace(states.get(place) ?? createPlaceState(), event, rule.cooldownMs);
      states.set(place, judged.state);
      return judged.event;
    },
  };
}

/** Gaps looked at for the usual one. */
const maxGaps = 1001;

interface SpanGauge {
  readonly camera: string;
  fromMs: number;
  toMs: number;
  readonly originMs: number;
  batches: number;
  readonly gaps: number[];
}

/** A live camera's stream time is its capture time, or counts from some connection; a clip's counts from its beginning. */
function startGauge({ camera, capturedAtMs, ptsMs }: DetectionBatch): SpanGauge {
  const isInClip = ptsMs >= 0 && ptsMs < 7 * 86_400_000;
  return {
    camera,
    fromMs: capturedAtMs,
    toMs: capturedAtMs,
    originMs: isInClip ? capturedAtMs - ptsMs : capturedAtMs,
    batches: 1,
    gaps: [],
  };
}

function measure(spans: ReadonlyMap<string, SpanGauge>, { camera, capturedAtMs }: DetectionBatch): boolean {
  const gauge = spans.get(camera);
  if (gauge === undefined) return false;
  const gapMs = capturedAtMs - gauge.toMs;
  if (gapMs > 0 && gauge.gaps.length < maxGaps) gauge.gaps.push(gapMs);
  gauge.fromMs = Math.min(gauge.fromMs, capturedAtMs);
  gauge.toMs = Math.max(gauge.toMs, capturedAtMs);
  gauge.batches++;
  return true;
}

function toSpan({ gaps, ...span }: SpanGauge): CameraSpan {
  const sorted = gaps.toSorted((a, b) => a - b);
  return { ...span, gapMs: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}
