import { type Scene, toMessage } from '../../../domain/mod.ts';
import type { KeyValueEntry } from '../../../platform/mod.ts';
import { createRulesState, type PlaceState, type RulesState, reviveRulesState } from '../../../rules/mod.ts';

/** What the rules know of a camera, and how far it stands for the log. */
export interface Checkpoint {
  readonly v: 2;
  /** The stream that `seq` counts in. */
  readonly streamId: string;
  /** All detections of the camera up to this number are in the state, and what they gave is published. */
  readonly seq: number;
  /** In force for what follows; `null`: the camera's scene was taken away. */
  readonly scene: Scene | null;
  readonly state: RulesState;
  /** The process that wrote it. */
  readonly by: string;
}

/** What is known of a place that several cameras see. All events of the place up to `seq` are in it and published. */
export interface PlaceCheckpoint {
  readonly v: 1;
  readonly place: string;
  readonly streamId: string;
  readonly seq: number;
  readonly state: PlaceState;
  readonly by: string;
}

export type ReadCheckpoint =
  | { readonly kind: 'good'; readonly checkpoint: Checkpoint }
  /** Of no use but for `seq`, up to which everything was published, and the scene; `why` in words. */
  | {
      readonly kind: 'unusable';
      readonly why: string;
      readonly streamId: string | null;
      readonly seq: number;
      readonly scene: Scene | null;
    };

export const checkpointVersion = 2;
const stateVersion: number = createRulesState().v;

/** Reads a saved checkpoint of whatever version and shape; never throws. */
export function readCheckpoint(entry: KeyValueEntry<unknown>): ReadCheckpoint {
  let value: unknown;
  try {
    value = entry.value;
  } catch (error) {
    return toUnusable(`it is no JSON: ${toMessage(error)}`, {});
  }
  if (!isRecord(value)) return toUnusable('it is no object', {});
  if (value['v'] !== checkpointVersion)
    return toUnusable(
      `its version is ${toText(value['v'] ?? 1)}, this program's ${checkpointVersion}`,
      value,
    );
  const { state } = value;
  if (!isRecord(state)) return toUnusable('it has no state', value);
  if (reviveRulesState({ ...state, v: Number(state['v']) }) === null)
    return toUnusable(`its state has version ${toText(state['v'])}, this program's ${stateVersion}`, value);
  const isWhole =
    isSeq(value['seq']) &&
    typeof value['streamId'] === 'string' &&
    (value['scene'] === null || isRecord(value['scene'])) &&
    Object.keys(createRulesState()).every((field) => field in state);
  return isWhole
    ? { kind: 'good', checkpoint: value as unknown as Checkpoint }
    : toUnusable('parts of it are missing', value);
}

function toUnusable(why: string, value: Record<string, unknown>): ReadCheckpoint {
  const { seq, scene, streamId } = value;
  return {
    kind: 'unusable',
    why,
    streamId: typeof streamId === 'string' ? streamId : null,
    seq: isSeq(seq) ? seq : 0,
    scene: isRecord(scene) && Array.isArray(scene['rules']) ? (scene as unknown as Scene) : null,
  };
}

function toText(version: unknown): string {
  return JSON.stringify(version) ?? 'none';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSeq(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
