import type { DetectionBatch } from '../../../domain/mod.ts';
import type { Bus, KeyValue, KeyValueEntry, Logger, StreamBounds } from '../../../platform/mod.ts';
import { createRulesState } from '../../../rules/mod.ts';
import type { CameraFold } from './camera-fold.ts';
import { type Checkpoint, readCheckpoint } from './checkpoint.ts';
import { type Outbox, readTip, type Tip } from './outbox.ts';
import { isSameScene, type SceneChange, type SceneTable } from './scene-table.ts';

export interface OpenFoldsOptions {
  readonly bus: Bus;
  readonly bounds: StreamBounds;
  readonly checkpoints: KeyValue<Checkpoint>;
  readonly scenes: SceneTable;
  /** Whether a camera is folded here. */
  readonly isOwn: (camera: string) => boolean;
  /** No rules process has run before: cameras begin with the first batch that the log has. */
  readonly isFirstStart: boolean;
  readonly logger: Logger;
  createOutbox(camera: string, tip: Tip | null): Outbox;
}

export interface OpenedFolds {
  readonly folds: Map<string, CameraFold>;
  /** The log is to be read from behind this number. */
  readonly startSeq: number;
  /** Messages that the stream has dropped since somebody read it last. */
  readonly expired: number;
}

const camerasAtOnce = 64;

/** Where each camera goes on. A camera that has neither a scene nor anything left to fold is forgotten. */
export async function openFolds(options: OpenFoldsOptions): Promise<OpenedFolds> {
  const { bounds, checkpoints, scenes, isOwn, bus } = options;
  const entries = new Map((await checkpoints.entries()).map((entry) => [entry.key, entry]));
  const cameras = [...new Set([...entries.keys(), ...scenes.list().keys()])].filter(isOwn);
  const folds = new Map<string, CameraFold>();
  const starts: number[] = [];
  let readThrough = 0;
  const freshTimes: number[] = [];
  for (let i = 0; i < cameras.length; i += camerasAtOnce)
    await Promise.all(
      cameras.slice(i, i + camerasAtOnce).map(async (camera) => {
        const entry = entries.get(camera) ?? null;
        const newest = await bus.readLast<DetectionBatch>('detections', camera);
        const fold = toFold(camera, entry, await readTip(bus, camera, bounds.streamId), options);
        const isBehind = newest !== null && newest.seq > fold.seq;
        if (!scenes.list().has(camera) && !isBehind) return checkpoints.delete(camera);
        folds.set(camera, fold);
        if (!fold.isProven) readThrough = Math.max(readThrough, fold.seq);
        if (!isBehind) return;
        if (entry !== null || fold.next === null) starts.push(fold.seq);
        else if (newest.storedAtMs >= fold.next.atMs) freshTimes.push(fold.next.atMs);
      }),
    );
  if (freshTimes.length > 0) starts.push((await bus.findSeqAt('detections', Math.min(...freshTimes))) - 1);
  return {
    folds,
    startSeq: Math.min(bounds.lastSeq, ...starts),
    expired: readThrough === 0 ? 0 : Math.max(0, bounds.firstSeq - 1 - readThrough),
  };
}

function toFold(
  camera: string,
  entry: KeyValueEntry<Checkpoint> | null,
  tip: Tip,
  options: OpenFoldsOptions,
): CameraFold {
  const { bounds, scenes, logger } = options;
  const current: SceneChange = scenes.get(camera) ?? { scene: null, atMs: 0 };
  const base = {
    camera,
    publishedSeq: tip.published.kind === 'through' ? tip.published.seq : 0,
    outbox: options.createOutbox(camera, tip),
    isDirty: false,
    revision: entry?.revision ?? null,
    savedAtMs: 0,
    savedBytes: 0,
  };
  const begin = { state: createRulesState(), seq: 0, quietThrough: 0, isProven: true };
  if (entry === null)
    return options.isFirstStart
      ? { ...base, ...begin, scene: current.scene, next: null, isDirty: true }
      : { ...base, ...begin, scene: null, next: current, isDirty: true, publishedSeq: 0 };
  const read = readCheckpoint(entry);
  if (read.kind === 'unusable') {
    logger.error(
      { camera, why: read.why },
      'the checkpoint of a camera is of no use; the camera is folded again from the beginning of the log',
    );
    const scene = read.scene ?? current.scene;
    const isOfThisLog = read.streamId === null || read.streamId === bounds.streamId;
    const quietThrough = isOfThisLog ? Math.min(read.seq, bounds.lastSeq) : 0;
    return { ...base, ...begin, quietThrough, scene, next: toNext(scene, current), isDirty: true };
  }
  const { checkpoint } = read;
  const isSameLog = checkpoint.streamId === bounds.streamId;
  if (!isSameLog)
    logger.warn({ camera }, 'the log of detections has been made anew; the camera goes on at its beginning');
  return {
    ...base,
    scene: checkpoint.scene,
    next: toNext(checkpoint.scene, current),
    state: checkpoint.state,
    seq: isSameLog ? checkpoint.seq : 0,
    quietThrough: 0,
    isProven: false,
  };
}

function toNext(scene: SceneChange['scene'], current: SceneChange): SceneChange | null {
  return isSameScene(scene, current.scene) ? null : current;
}

/** A camera that has got its first scene while the log is read. */
export function createFreshFold(camera: string, next: SceneChange, outbox: Outbox): CameraFold {
  return {
    camera,
    scene: null,
    next,
    state: createRulesState(),
    seq: 0,
    quietThrough: 0,
    publishedSeq: 0,
    outbox,
    isProven: true,
    isDirty: true,
    revision: null,
    savedAtMs: 0,
    savedBytes: 0,
  };
}
