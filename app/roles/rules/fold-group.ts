import { setTimeout } from 'node:timers/promises';
import type { CandidateEvent, DetectionBatch, XunjieError } from '../../../domain/mod.ts';
import type { Bus, BusMessage, KeyValue, Logger } from '../../../platform/mod.ts';
import { type CameraFold, foldMessage, isSceneDue } from './camera-fold.ts';
import type { Checkpoint, PlaceCheckpoint } from './checkpoint.ts';
import { countEvent, type RulesCounts } from './figures.ts';
import { createFreshFold, openFolds } from './open-folds.ts';
import { createOutbox, type Tip } from './outbox.ts';
import { openPlaceTable } from './place-table.ts';
import { startSaver } from './saver.ts';
import { isSameScene, type SceneChange, type SceneTable } from './scene-table.ts';

export interface FoldTables {
  readonly checkpoints: KeyValue<Checkpoint>;
  readonly places: KeyValue<PlaceCheckpoint>;
  readonly scenes: SceneTable;
}

export interface FoldGroupOptions {
  readonly bus: Bus;
  readonly tables: FoldTables;
  readonly by: string;
  readonly counts: RulesCounts;
  readonly logger: Logger;
  readonly isFirstStart: boolean;
  readonly saveEachMs?: number;
  /** Whether a camera is folded by this group, as the scenes are now. */
  isOwn(camera: string): boolean;
  /** The group folds no more and must be opened again, if its shards are still held. */
  onBroken(why: string): void;
}

/** One reader of the log and the cameras that it folds. */
export interface FoldGroup {
  readonly folds: ReadonlyMap<string, CameraFold>;
  /** Everything up to this number is folded and its events are on disk. */
  readSeq(): number;
  /** When the stream took the message that was read last. */
  readAtMs(): number;
  countPlaceOverflows(): number;
  noteScene(camera: string, change: SceneChange): void;
  /** Breaks off when a camera has come to these shards or left them, because of the places it shares. */
  checkOwnership(): void;
  saveAll(): Promise<void>;
  /** `isSaving` is false where another process goes on with the cameras. */
  stop(isSaving: boolean): Promise<void>;
}

/** Events that wait for the disk before the reader waits, too. */
const maxWaiting = 500;
const stopTimeoutMs = 5000;

/** Opens all cameras of the group where they stood and reads on from the one that is furthest behind. */
export async function openFoldGroup(options: FoldGroupOptions): Promise<FoldGroup> {
  const { bus, tables, by, counts, logger } = options;
  const { checkpoints, scenes } = tables;
  const bounds = await bus.readBounds('detections');
  const { streamId } = bounds;
  const stopping = new AbortController();
  const pending = new Set<{ readonly seq: number }>();
  const createCameraOutbox = (camera: string, tip: Tip | null) => {
    const outbox = createOutbox({
      bus,
      camera,
      streamId,
      tip,
      stopping: stopping.signal,
      logger,
      onDone: (event, isNew) => countEvent(counts, event, isNew),
    });
    return {
      ...outbox,
      async add(event: CandidateEvent, seq: number, index: number) {
        const one = { seq };
        pending.add(one);
        await outbox.add(event, seq, index).then(
          () => pending.delete(one),
          () => undefined, // it was stopped before: the next start publishes it
        );
      },
    };
  };
  const places = await openPlaceTable({ table: tables.places, streamId, by, logger });
  const { folds, startSeq, expired } = await openFolds({
    ...options,
    bounds,
    checkpoints,
    scenes,
    createOutbox: createCameraOutbox,
  });
  if (expired > 0) {
    counts.expired += expired;
    logger.error({ expired }, 'messages had expired before they were read; what happened then is not known');
  }
  let readSeq = startSeq;
  let readAtMs = 0;
  let isBroken = false;
  const breakOff = (why: string): void => {
    if (isBroken) return;
    isBroken = true;
    options.onBroken(why);
  };
  const saver = startSaver({
    ...options,
    checkpoints,
    places,
    folds,
    streamId,
    readSeq: () => readSeq,
    onLost: (error: XunjieError) => breakOff(error.message),
  });

  const fold = async (camera: CameraFold, message: BusMessage<DetectionBatch>): Promise<void> => {
    const due = isSceneDue(camera, message) ? camera.next : null;
    if (due !== null) {
      if (!isSameScene(due.scene, camera.scene)) await saver.saveUnder(camera, due.scene, message.seq - 1);
      camera.scene = due.scene;
      if (camera.next === due) camera.next = null; // or there is a newer one already
    }
    try {
      foldMessage(camera, message, { places, counts, logger });
      readSeq = message.seq; // at once: whatever is saved from now on has this message in it
    } catch (error) {
      logger.error({ camera: camera.camera, error: String(error) }, 'the state of a camera is damaged');
      await checkpoints.put(camera.camera, { damaged: true } as unknown as Checkpoint);
      return breakOff(`the state of ${camera.camera} is damaged`);
    }
    if (camera.scene !== null || camera.next !== null) return;
    folds.delete(camera.camera); // its scene is gone, and what stood there has been ended
    await saver.forget(camera);
  };
  let hasRead = false;
  const reading = await bus.follow<DetectionBatch>('detections', 'all', startSeq, async (message) => {
    if (isBroken) return;
    const gap = message.seq - readSeq - 1;
    if (hasRead && gap > 0) {
      counts.expired += gap;
      logger.error({ expired: gap, seq: message.seq }, 'messages had expired before they were read');
    }
    const camera = folds.get(message.camera);
    if (camera !== undefined && message.seq > camera.seq) await fold(camera, message);
    if (isBroken) return;
    hasRead = true;
    readSeq = Math.max(readSeq, message.seq);
    readAtMs = message.storedAtMs;
    while (pending.size > maxWaiting && !stopping.signal.aborted) await setTimeout(5);
  });

  return {
    folds,
    readSeq() {
      const [oldest] = pending;
      return oldest === undefined ? readSeq : Math.min(readSeq, oldest.seq - 1);
    },
    readAtMs: () => readAtMs,
    countPlaceOverflows: () => places.countOverflowed(),
    noteScene(camera, change) {
      const known = folds.get(camera);
      if (known !== undefined) known.next = change;
      else if (change.scene !== null && options.isOwn(camera))
        folds.set(camera, createFreshFold(camera, change, createCameraOutbox(camera, null)));
    },
    checkOwnership() {
      const moved = [...folds.keys()].find((camera) => !options.isOwn(camera) && scenes.list().has(camera));
      const missing = [...scenes.list().keys()].find((camera) => options.isOwn(camera) && !folds.has(camera));
      if (moved !== undefined) breakOff(`camera ${moved} belongs to another shard now`);
      else if (missing !== undefined) breakOff(`camera ${missing} belongs to this shard now`);
    },
    saveAll: () => saver.saveAll(),
    async stop(isSaving) {
      const isFolding = isSaving && !isBroken;
      const giveUp = globalThis.setTimeout(() => stopping.abort(), isFolding ? stopTimeoutMs : 0);
      await reading.stop();
      await saver.stop(isFolding);
      clearTimeout(giveUp);
      stopping.abort();
    },
  };
}
