import { setTimeout } from 'node:timers/promises';
import { type Scene, toMessage, XunjieError } from '../../../domain/mod.ts';
import type { KeyValue, Logger } from '../../../platform/mod.ts';
import type { CameraFold } from './camera-fold.ts';
import { type Checkpoint, checkpointVersion } from './checkpoint.ts';
import type { RulesCounts } from './figures.ts';
import { listPlaces } from './home-shards.ts';
import type { PlaceTable } from './place-table.ts';
import { replaceOwn } from './replace-own.ts';

export interface SaverOptions {
  readonly checkpoints: KeyValue<Checkpoint>;
  readonly places: PlaceTable;
  readonly folds: ReadonlyMap<string, CameraFold>;
  readonly streamId: string;
  readonly by: string;
  readonly counts: RulesCounts;
  readonly logger: Logger;
  /** A camera is saved this often at most; default 2 s. */
  readonly saveEachMs?: number;
  /** Everything up to this number has been folded, whatever camera it is of. */
  readSeq(): number;
  /** Another process keeps these cameras now. */
  onLost(error: XunjieError): void;
}

export interface Saver {
  /** Saves one camera under a new scene as of everything before `seq`: from there on the scene holds, after a crash too. */
  saveUnder(fold: CameraFold, scene: Scene | null, seq: number): Promise<void>;
  forget(fold: CameraFold): Promise<void>;
  /** Rejects with the first failure. */
  saveAll(): Promise<void>;
  /** Ends the rounds; with `isLast` all is saved once more. */
  stop(isLast: boolean): Promise<void>;
}

const roundMs = 500;
const defaultSaveEachMs = 2000;
/** 1.5 MB a second. */
const maxBytesPerRound = 750_000;
const camerasAtOnce = 64;
/** Cameras that are silent are saved so that they do not make the next start read the log from their last batch. */
const maxAgeMs = 600_000;
const typicalBytes = 20_000;
const warnEachMs = 30_000;

/**
 * Saves in turn, the longest unsaved first, within a budget of bytes: a thousand cameras are each saved every 15-60 s. A camera's state is saved only when the events it has given are on
 * disk, and after the places that have judged them: after a crash no event is lost, and none is judged twice.
 */
export function startSaver(options: SaverOptions): Saver {
  const {
    checkpoints,
    places,
    folds,
    streamId,
    by,
    counts,
    logger,
    saveEachMs = defaultSaveEachMs,
  } = options;
  let tail: Promise<unknown> = Promise.resolve();
  let warnedAtMs = 0;
  const inTurn = (save: () => Promise<void>): Promise<void> => {
    const saved = tail.then(save);
    tail = saved.catch(() => undefined); // who asked for it hears it
    return saved;
  };

  const save = async (
    some: readonly CameraFold[],
    change?: { scene: Scene | null; seq: number },
  ): Promise<void> => {
    // one moment: nothing is waited for until all of it is taken
    const readSeq = options.readSeq();
    const snapshots = some.map((fold) => {
      const value: Checkpoint = {
        v: checkpointVersion,
        streamId,
        seq: change?.seq ?? Math.max(fold.seq, readSeq),
        scene: change === undefined ? fold.scene : change.scene,
        state: fold.state,
        by,
      };
      fold.isDirty = false;
      return { fold, value };
    });
    const names = new Set(
      some.flatMap(({ scene, state }) => [...listPlaces(state), ...listPlaces(scene ?? state)]),
    );
    const placeSnapshots = places.take(names, readSeq);
    const behind = placeSnapshots.length > 0 ? folds.values() : some;
    try {
      await Promise.all([...behind].map(({ outbox }) => outbox.settled()));
      await places.save(placeSnapshots);
      await Promise.all(snapshots.map(({ fold, value }) => put(fold, value)));
    } catch (error) {
      for (const fold of some) fold.isDirty = true;
      places.giveBack(placeSnapshots);
      counts.checkpointFailures++;
      if (error instanceof XunjieError && error.code === 'lease_lost') options.onLost(error);
      throw error;
    }
  };
  const put = async (fold: CameraFold, value: Checkpoint): Promise<void> => {
    const { revision, bytes } = await replaceOwn(checkpoints, fold.camera, value, fold.revision);
    fold.revision = revision;
    fold.savedBytes = bytes;
    fold.savedAtMs = performance.now();
    counts.checkpoints++;
    counts.checkpointBytes += bytes;
  };
  const listDue = (): CameraFold[] => {
    const nowMs = performance.now();
    const due = [...folds.values()]
      .filter(({ isDirty, savedAtMs }) => nowMs - savedAtMs >= (isDirty ? saveEachMs : maxAgeMs))
      .toSorted((a, b) => a.savedAtMs - b.savedAtMs);
    let bytes = 0;
    const end = due.findIndex(({ savedBytes }) => (bytes += savedBytes || typicalBytes) > maxBytesPerRound);
    return end === -1 ? due : due.slice(0, end + 1);
  };
  const warn = (error: unknown): void => {
    if (performance.now() - warnedAtMs < warnEachMs && warnedAtMs > 0) return;
    warnedAtMs = performance.now();
    logger.warn(
      { failures: counts.checkpointFailures, error: toMessage(error) },
      'checkpoints could not be saved; they are tried again, and until then a restart folds more of the log again',
    );
  };

  const saveAll = async (): Promise<void> => {
    const all = [...folds.values()];
    for (let i = 0; i < all.length; i += camerasAtOnce)
      await inTurn(() => save(all.slice(i, i + camerasAtOnce)));
  };
  const stopping = new AbortController();
  const rounds = (async () => {
    while (!stopping.signal.aborted) {
      await setTimeout(Math.min(roundMs, saveEachMs), undefined, { signal: stopping.signal }).catch(
        () => undefined,
      ); // aborted: the loop ends
      const due = stopping.signal.aborted ? [] : listDue();
      if (due.length > 0) await inTurn(() => save(due)).catch(warn);
    }
  })();
  return {
    saveAll,
    saveUnder: (fold, scene, seq) => inTurn(() => save([fold], { scene, seq })),
    forget: (fold) =>
      inTurn(async () => {
        await fold.outbox.settled();
        await checkpoints.delete(fold.camera);
      }),
    async stop(isLast) {
      stopping.abort();
      await rounds;
      if (isLast) await saveAll().catch(warn);
    },
  };
}
