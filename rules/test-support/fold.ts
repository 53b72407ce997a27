import {
  type CandidateEvent,
  type DetectionBatch,
  type Rule,
  resolveScene,
  type Scene,
} from '../../domain/mod.ts';
import { createRulesState, type RulesState, step } from '../mod.ts';

/** Onset 5 s, legal 30 s, over the strip of the picture in which the tests' cars park. */
export function createScene(rules: Partial<Rule>[] = [{}]): Scene {
  const { scene, issues } = resolveScene(
    {
      zones: {
        kerb: [
          [0, 0.4],
          [1, 0.4],
          [1, 0.7],
          [0, 0.7],
        ],
      },
      rules: rules.map((_, index) => ({
        id: `rule-${index}`,
        offence: 'sidewalk_parking',
        zone: 'kerb',
        onset: '5s',
        legal: '30s',
      })),
    },
    'test-1',
  );
  if (scene === null) throw new Error(JSON.stringify(issues));
  return { ...scene, rules: scene.rules.map((rule, index) => ({ ...rule, ...rules[index] })) };
}

export interface Folded {
  readonly state: RulesState;
  readonly events: readonly CandidateEvent[];
}

export function foldBatches(
  batches: readonly DetectionBatch[],
  scene: Scene,
  from = createRulesState(),
): Folded {
  let state = from;
  const events: CandidateEvent[] = [];
  for (const batch of batches) {
    const result = step(state, scene, batch);
    state = result.state;
    events.push(...result.events);
  }
  return { state, events };
}

export function listOf(folded: Folded, type: CandidateEvent['type']): CandidateEvent['candidate'][] {
  return folded.events.filter((event) => event.type === type).map((event) => event.candidate);
}

/** One rule as a scene file would have it, over the strip in which the tests' things stand. */
export function createOffenceScene(rule: object, timeZone = 'UTC'): Scene {
  const kerb = [
    [0, 0.4],
    [1, 0.4],
    [1, 0.7],
    [0, 0.7],
  ];
  const { scene, issues } = resolveScene(
    { timeZone, zones: { kerb }, rules: [{ zone: 'kerb', ...rule }] },
    'test-1',
  );
  if (scene === null) throw new Error(JSON.stringify(issues));
  return scene;
}
