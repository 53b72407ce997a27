import { type CandidateEvent, type DetectionBatch, type Scene, toMessage } from '../../../domain/mod.ts';
import type { BusMessage, Logger } from '../../../platform/mod.ts';
import { type RulesState, step } from '../../../rules/mod.ts';
import type { RulesCounts } from './figures.ts';
import type { Outbox } from './outbox.ts';
import type { PlaceTable } from './place-table.ts';
import type { SceneChange } from './scene-table.ts';

/** One camera's fold and where it stands. */
export interface CameraFold {
  readonly camera: string;
  /** In force; `null`: the camera has none (any more). */
  scene: Scene | null;
  /** Takes effect with the first batch that the stream took at or after its time. */
  next: SceneChange | null;
  state: RulesState;
  /** Newest detection message that is in the state. */
  seq: number;
  /** Events of detections up to here came of another fold of them: they are not published. */
  readonly quietThrough: number;
  /** Detections up to here were folded under `scene` in an earlier life, for their events are published. */
  readonly publishedSeq: number;
  readonly outbox: Outbox;
  /** Whether the state has been folded on by this program: one that was read may be damaged in a way that no check finds. */
  isProven: boolean;
  isDirty: boolean;
  revision: number | null;
  savedAtMs: number;
  savedBytes: number;
}

export interface FoldContext {
  readonly places: PlaceTable;
  readonly counts: RulesCounts;
  readonly logger: Logger;
}

const defaultCooldownMs = 30 * 60_000;
const noRules: Omit<Scene, 'version'> = { zones: {}, rules: [], timeZone: 'UTC' };
/** Every how many of the same failures one is logged. */
const logEach = 1000;

/** Whether the scene that waits takes effect with this message. */
export function isSceneDue({ next, publishedSeq }: CameraFold, message: BusMessage<unknown>): boolean {
  return next !== null && message.storedAtMs >= next.atMs && message.seq > publishedSeq;
}

/**
 * Folds one message and hands its events to the outbox. What is no batch of this camera is counted and passed over: the log goes on.
 * Throws only when a state that was read from a checkpoint turns out to be damaged; the fold is then as it was.
 */
export function foldMessage(
  fold: CameraFold,
  message: BusMessage<DetectionBatch>,
  context: FoldContext,
): void {
  const { counts, places } = context;
  const batch = readBatch(message, context);
  if (batch !== null && (fold.scene !== null || fold.state.camera !== null)) {
    const folded = stepOrSkip(fold, batch, message.seq, context);
    if (folded !== null) {
      counts.batches++;
      fold.state = folded.state;
      fold.isProven = true;
      for (const [index, event] of folded.events.entries()) {
        const judged = places.judge(event, message.seq, toCooldownMs(fold, event));
        if (judged === null) continue;
        if (message.seq > fold.quietThrough) void fold.outbox.add(judged, message.seq, index);
        else if (message.seq > fold.publishedSeq) counts.leftOut++;
      }
    }
  }
  fold.seq = message.seq;
  fold.isDirty = true;
}

function stepOrSkip(
  fold: CameraFold,
  batch: DetectionBatch,
  seq: number,
  { counts, logger }: FoldContext,
): { state: RulesState; events: CandidateEvent[] } | null {
  try {
    return step(fold.state, fold.scene ?? { ...noRules, version: 'none' }, batch);
  } catch (error) {
    if (!fold.isProven) throw error;
    if (counts.failed++ % logEach === 0)
      logger.error(
        { camera: fold.camera, seq, failed: counts.failed, error: toMessage(error) },
        'a batch could not be folded and is passed over',
      );
    return null;
  }
}

function readBatch(
  message: BusMessage<DetectionBatch>,
  { counts, logger }: FoldContext,
): DetectionBatch | null {
  let why = 'it is no detection batch of this camera';
  try {
    const batch = message.payload;
    if (isBatchOf(batch, message.camera)) return batch;
  } catch (error) {
    why = toMessage(error);
  }
  if (counts.unreadable++ % logEach === 0)
    logger.error(
      { camera: message.camera, seq: message.seq, unreadable: counts.unreadable, why },
      'a message of the detections cannot be used and is passed over',
    );
  return null;
}

function isBatchOf(value: DetectionBatch | null, camera: string): boolean {
  return (
    value?.camera === camera &&
    typeof value.capturedAtMs === 'number' &&
    Array.isArray(value.detections) &&
    value.detections.every(
      ({ box, score }) =>
        typeof score === 'number' && Array.isArray(box) && box.length === 4 && box.every(Number.isFinite),
    )
  );
}

function toCooldownMs(fold: CameraFold, { candidate }: CandidateEvent): number {
  const rule = fold.scene?.rules.find(({ id }) => id === candidate.ruleId);
  return rule?.cooldownMs ?? defaultCooldownMs;
}
