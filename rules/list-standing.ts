import type { CandidateFacts, DetectionBatch, Scene } from '../domain/mod.ts';
import { toCandidateFacts } from './candidate-facts.ts';
import type { RulesState } from './state.ts';

/**
 * The candidates whose stay had not ended at the newest batch, as of that batch; for logs that end there. By default those that were
 * raised; `opened`: those that are followed and were not.
 */
export function listStanding(
  state: RulesState,
  scene: Scene,
  newest: DetectionBatch,
  phase: 'raised' | 'opened' = 'raised',
): CandidateFacts[] {
  const moment = { batch: newest, atMs: newest.capturedAtMs, sceneVersion: scene.version };
  return state.presences
    .filter((presence) => presence.phase === phase)
    .flatMap((presence) => {
      const rule = scene.rules.find(({ id }) => id === presence.ruleId);
      return rule ? [toCandidateFacts(presence, rule, moment, null)] : [];
    });
}
