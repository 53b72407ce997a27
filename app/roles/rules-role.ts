import { setTimeout } from 'node:timers/promises';
import { type CandidateEvent, type DetectionBatch, type Scene, toMessage } from '../../domain/mod.ts';
import type { Bus, BusMessage, KeyValue, Logger } from '../../platform/mod.ts';
import { createRulesState, type RulesState, reviveRulesState, step } from '../../rules/mod.ts';

/** Rules state of a camera and the newest detection message that is in it. */
export interface Checkpoint {
  readonly seq: number;
  readonly state: RulesState;
}

interface CameraFold {
  scene: Scene;
  seq: number;
  state: RulesState;
  dirty: boolean;
}

export interface RulesRole {
  /** Every detection up to this number of the stream has been folded and its events published. */
  readSeq(): number;
  stop(): Promise<void>;
}

const checkpointEveryMs = 2000;

/**
 * One fold per camera over `detections.*`. It keeps its own place: state and sequence are saved together, events are published (durably,
 * with ids that do not change) before the sequence moves on. After a crash the messages since the last checkpoint are folded again and
 * give the same events, which their ids make harmless.
 */
export async function startRulesRole(options: { bus: Bus; logger: Logger }): Promise<RulesRole> {
  const { bus, logger } = options;
  const scenes = await bus.openKeyValue<Scene>('scenes');
  const checkpoints = await bus.openKeyValue<Checkpoint>('checkpoints');
  const folds = new Map<string, CameraFold>();
  const startSeq = await findStartSeq(checkpoints);
  let doneSeq = startSeq;

  const sceneChanges = await scenes.watch((camera, scene) => {
    const fold = folds.get(camera);
    if (fold && scene) fold.scene = scene;
  });

  const reading = await bus.follow<DetectionBatch>('detections', 'all', startSeq, async (message) => {
    const fold = folds.get(message.camera) ?? (await openFold(message, scenes, checkpoints));
    if (fold) {
      folds.set(message.camera, fold);
      if (message.seq > fold.seq) await foldMessage(fold, message, bus);
    }
    doneSeq = message.seq;
  });

  const stopping = new AbortController();
  const saving = (async () => {
    while (!stopping.signal.aborted) {
      await setTimeout(checkpointEveryMs, undefined, { signal: stopping.signal }).catch(() => undefined); // aborted: one last round
      await saveCheckpoints(folds, checkpoints).catch((error: unknown) =>
        logger.warn({ error: toMessage(error) }, 'checkpoints could not be saved; they are tried again'),
      );
    }
  })();

  return {
    readSeq: () => doneSeq,
    async stop() {
      await reading.stop();
      await sceneChanges.stop();
      stopping.abort();
      await saving;
    },
  };
}

/** The first camera's place decides where to read from; the others skip what they have. */
async function findStartSeq(checkpoints: KeyValue<Checkpoint>): Promise<number> {
  const entries = await checkpoints.entries();
  return entries.length === 0 ? 0 : Math.min(...entries.map((entry) => entry.value.seq));
}

async function openFold(
  message: BusMessage<DetectionBatch>,
  scenes: KeyValue<Scene>,
  checkpoints: KeyValue<Checkpoint>,
): Promise<CameraFold | null> {
  const scene = await scenes.get(message.camera);
  if (!scene) return null; // a camera nobody watches with rules
  const saved = await checkpoints.get(message.camera);
  if (saved) {
    const state = reviveRulesState(saved.value.state) ?? createRulesState();
    return { scene: scene.value, seq: saved.value.seq, state, dirty: false };
  }
  const fresh: Checkpoint = { seq: message.seq - 1, state: createRulesState() };
  await checkpoints.put(message.camera, fresh); // from now on a restart knows where this camera began
  return { scene: scene.value, ...fresh, dirty: false };
}

async function foldMessage(fold: CameraFold, message: BusMessage<DetectionBatch>, bus: Bus): Promise<void> {
  const { state, events } = step(fold.state, fold.scene, message.payload);
  for (const event of events) await bus.publish('candidates', message.camera, toEventId(event), event);
  fold.state = state;
  fold.seq = message.seq;
  fold.dirty = true;
}

function toEventId(event: CandidateEvent): string {
  return `${event.candidate.id}:${event.type}:${event.atMs}`;
}

async function saveCheckpoints(
  folds: Map<string, CameraFold>,
  checkpoints: KeyValue<Checkpoint>,
): Promise<void> {
  for (const [camera, fold] of folds) {
    if (!fold.dirty) continue;
    fold.dirty = false;
    try {
      await checkpoints.put(camera, { seq: fold.seq, state: fold.state });
    } catch (error) {
      fold.dirty = true;
      throw error;
    }
  }
}
