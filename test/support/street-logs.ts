import type { DetectionBatch, Scene } from '../../domain/mod.ts';
import { type CandidateEvent } from '../../domain/mod.ts';
import { createPlaceState, createRulesState, step, stepPlace } from '../../rules/mod.ts';
import { stand, visit } from '../../rules/test-support/actors.ts';
import { createScene } from '../../rules/test-support/fold.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { type Actor, filmStreet } from '../../rules/test-support/street.ts';

/** Recorded logs of one street's cameras in the order of their times; `place`: these cameras see one place and the same things. */
export interface StreetLogs {
  readonly scenes: ReadonlyMap<string, Scene>;
  readonly batches: readonly DetectionBatch[];
}

const boxOf = (lane: number) =>
  [0.04 + lane * 0.19, 0.45 + 0.02 * (lane % 2), 0.16 + lane * 0.19, 0.6] as [number, number, number, number];

/** Cars that come, stay for a while and go, in five places; some were there before the log begins. */
export function makeStreetLogs(options: {
  seed: number;
  seconds: number;
  cameras: readonly string[];
  /** The first two cameras of this list see one place. */
  place: string;
}): StreetLogs {
  const { seed, seconds, cameras, place } = options;
  const scenes = new Map<string, Scene>();
  const batches: DetectionBatch[] = [];
  for (const [index, camera] of cameras.entries()) {
    const isShared = index < 2;
    const random = createRandom(seed + (isShared ? 0 : index));
    const actors: Actor[] = [];
    for (let lane = 0; lane < 5; lane++)
      for (let fromS = random() * 60 - 20; fromS < seconds; fromS += 50 + random() * 60) {
        const toS = fromS + 15 + random() * 90;
        actors.push(fromS < 0 ? stand(boxOf(lane), 0, Math.max(1, toS)) : visit(boxOf(lane), fromS, toS, 3));
        fromS = toS;
      }
    const film = filmStreet(actors, {
      seconds,
      stepMs: 1000,
      seed: seed + index,
      dropOut: isShared ? 0 : 0.1,
    });
    const shared = createScene([isShared ? { place } : {}]);
    scenes.set(camera, { ...shared, version: `${camera}-1` });
    batches.push(
      ...film.map((batch) => ({
        ...batch,
        camera,
        ptsMs: batch.ptsMs + index * 70,
        capturedAtMs: batch.capturedAtMs + index * 70,
      })),
    );
  }
  return { scenes, batches: batches.toSorted((a, b) => a.capturedAtMs - b.capturedAtMs) };
}

/** What one undisturbed fold of these batches, in this order, says of each camera. */
export function foldUndisturbed(
  batches: readonly DetectionBatch[],
  toScene: (batch: DetectionBatch) => Scene,
): Map<string, CandidateEvent[]> {
  const states = new Map<string, ReturnType<typeof createRulesState>>();
  const places = new Map<string, ReturnType<typeof createPlaceState>>();
  const said = new Map<string, CandidateEvent[]>();
  for (const batch of batches) {
    const scene = toScene(batch);
    const { state, events } = step(states.get(batch.camera) ?? createRulesState(), scene, batch);
    states.set(batch.camera, state);
    for (const event of events) {
      const { place, ruleId } = event.candidate;
      let judged = event;
      if (place !== null) {
        const cooldownMs = scene.rules.find(({ id }) => id === ruleId)?.cooldownMs ?? 1_800_000;
        const result = stepPlace(places.get(place) ?? createPlaceState(), event, cooldownMs);
        places.set(place, result.state);
        judged = result.event;
      }
      said.set(batch.camera, [...(said.get(batch.camera) ?? []), judged]);
    }
  }
  return said;
}
