import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';
import type { Logger } from '../platform/mod.ts';
import type { RingOptions } from './camera.ts';
import { type FootageHolds, openRingHolds } from './ring-holds.ts';
import {
  type IndexedConnection,
  indexConnection,
  type RingConnection,
  refreshConnection,
  scanRing,
  writeAnchor,
  writeChange,
} from './ring-index.ts';
import { choosePruned } from './ring-prune.ts';
import { readSpace, toReserveBytes } from './ring-space.ts';

export interface SegmentRingOptions extends RingOptions {
  readonly camera: string;
  readonly pruneMs: number;
  readonly logger: Logger;
  /** Recording became impossible (why, in words), or possible again (`null`). */
  onProblem(problem: string | null): void;
}

/** A camera's recordings on disk: one folder per connection, in it `-c copy` segments, and an index of them in memory. */
export interface SegmentRing {
  readonly holds: FootageHolds;
  /** The folder for a new connection's segments; `null` while nothing can be recorded. */
  begin(): Promise<string | null>;
  /** Ties the connection's times to the clock. */
  anchor(dir: string, offsetMs: number): Promise<void>;
  /** The connection is over; `changedAtRawMs`: from there on its pictures were of another size or codec. */
  end(dir: string, changedAtRawMs: number | null): Promise<void>;
  /** A recording broke off: makes room, and gives up recording until there is some. */
  fail(reason: string): Promise<void>;
  /** Why nothing is recorded now, in words; `null` when all is well. */
  problem(): string | null;
  /** Why nothing was recorded at that time; `null` when nothing is known of it. */
  explainGap(atMs: number): string | null;
  /** What is there now, oldest connection first. */
  list(): Promise<readonly RingConnection[]>;
  stop(): Promise<void>;
}

interface RecordingGap {
  readonly fromMs: number;
  toMs: number | null;
  readonly reason: string;
}

const maxGaps = 20;
const maxHoldMs = 7 * 86_400_000;
const warnEveryMs = 60_000;
/** A recording that breaks off again so soon is not begun again at once. */
const steadyMs = 60_000;
const maxReserveFactor = 8;
const reserveAgainAfterMs = 3_600_000;
const trialBytes = 256 * 1024;

/**
 * Opens the ring and keeps it within its limits until `stop`. Never rejects: a folder that cannot be used is a problem like a full disk,
 * with which the camera goes on without recording.
 */
export async function openSegmentRing(options: SegmentRingOptions): Promise<SegmentRing> {
  const { dir: ringDir, camera, logger } = options;
  const limits = { ...options, maxHeldBytes: options.maxHeldBytes ?? options.maxBytes };
  const holds = await openRingHolds(ringDir, logger);
  let problem: string | null = null;
  const gaps: RecordingGap[] = [];
  let current: IndexedConnection | null = null;
  let reserveFactor = 1;
  let failedAtMs = Number.NEGATIVE_INFINITY;
  let warnedAtMs = Number.NEGATIVE_INFINITY;

  const setProblem = (news: string | null): void => {
    if (news === problem) return;
    const open = gaps.at(-1);
    if (open?.toMs === null) open.toMs = Date.now();
    if (news !== null) gaps.push({ fromMs: Date.now(), toMs: null, reason: news });
    if (gaps.length > maxGaps) gaps.shift();
    const wasFine = problem === null;
    problem = news;
    if (news === null) logger.info({ camera }, 'recording is possible again');
    else logger.error({ camera, dir: ringDir }, `nothing is recorded: ${news}`);
    if (wasFine || news === null) options.onProblem(news);
  };
  const warnRarely = (fields: object, text: string): void => {
    if (performance.now() - warnedAtMs < warnEveryMs) return;
    warnedAtMs = performance.now();
    logger.warn({ camera, ...fields }, text);
  };

  let connections: IndexedConnection[] = [];
  try {
    await mkdir(ringDir, { recursive: true });
    connections = await scanRing(ringDir);
  } catch (error) {
    setProblem(`${ringDir} cannot be used: ${toMessage(error)}`);
  }

  // The index is read and changed by one at a time.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act);
    turn = mine.catch(() => {}); // reported to whoever asked for it
    return mine;
  };

  /** Says how many went. */
  const deleteDue = async (freeBytes: number): Promise<number> => {
    const { pruned, use } = choosePruned(connections, limits, holds.list(), {
      nowMs: Date.now(),
      freeBytes,
      isInUse: (dir) => dir === current?.dir,
    });
    for (const { file } of pruned) await rm(file, { force: true });
    const gone = new Set(pruned);
    for (const connection of connections)
      connection.segments = connection.segments.filter((segment) => !gone.has(segment));
    const empty = connections.filter((one) => one !== current && one.segments.length === 0);
    for (const { dir } of empty) await rm(dir, { recursive: true, force: true });
    connections = connections.filter((one) => !empty.includes(one));
    if (use.overflowed.length > 0)
      warnRarely(
        { heldBytes: use.heldBytes, maxHeldBytes: limits.maxHeldBytes, letGo: use.overflowed.length },
        'stays that last need more recordings than may be held; the newest stays may lose theirs',
      );
    return pruned.length;
  };
  /** Little by little: the rings of other cameras on this disk make room as well. */
  const makeRoom = async (wantedBytes: number, stepBytes: number): Promise<void> => {
    for (;;) {
      const { freeBytes } = await readSpace(ringDir);
      if (freeBytes >= wantedBytes) return;
      if ((await deleteDue(Math.min(wantedBytes - freeBytes, stepBytes))) === 0) return;
    }
  };

  /** Keeps to the limits and to the disk's room; says what stands in the way of recording. */
  const tend = async (): Promise<void> => {
    if (current !== null) await refreshConnection(current);
    const expired = await holds.expire(Date.now(), maxHoldMs);
    if (expired.length > 0)
      logger.error(
        { camera, holds: expired },
        'recordings held for so long that nobody will ask for them any more',
      );
    const largest = Math.max(0, ...connections.flatMap(({ segments }) => segments.map(({ bytes }) => bytes)));
    const before = await readSpace(ringDir);
    if (performance.now() - failedAtMs > reserveAgainAfterMs) reserveFactor = 1;
    const reserve = toReserveBytes(before, largest, reserveFactor);
    await deleteDue(0);
    if (before.freeBytes < reserve) await makeRoom(2 * reserve, Math.max(largest, 1));
    const { freeBytes } = await readSpace(ringDir);
    if (problem === null && freeBytes < reserve / 2) setProblem(toFullDisk(ringDir, freeBytes));
    else if (problem !== null && freeBytes >= 1.5 * reserve) await tryAgain();
  };
  const tryAgain = async (): Promise<void> => {
    const trial = path.join(ringDir, '.trial');
    try {
      await writeFile(trial, Buffer.alloc(trialBytes));
      setProblem(null);
    } catch (error) {
      setProblem(`${ringDir} cannot be written: ${toMessage(error)}`);
    } finally {
      await rm(trial, { force: true }).catch(() => {}); // it could not be made in the first place
    }
  };
  const tendSafely = async (): Promise<void> => {
    try {
      await mkdir(ringDir, { recursive: true });
      await tend();
    } catch (error) {
      setProblem(`${ringDir} cannot be used: ${toMessage(error)}`);
    }
  };
  await inTurn(tendSafely);
  const timer = setInterval(() => void inTurn(tendSafely), options.pruneMs);

  return {
    holds,
    begin: () =>
      inTurn(async () => {
        if (problem !== null) return null;
        try {
          current = indexConnection(await makeConnectionFolder(ringDir));
          connections = [...connections, current];
          return current.dir;
        } catch (error) {
          setProblem(toMessage(error));
          return null;
        }
      }),
    anchor: (dir, offsetMs) =>
      inTurn(async () => {
        const connection = connections.find((one) => one.dir === dir);
        if (connection === undefined) return;
        // Even if it cannot be written down, this run knows.
        connection.offsetMs = offsetMs;
        await writeAnchor(dir, offsetMs);
      }),
    end: (dir, changedAtRawMs) =>
      inTurn(async () => {
        const connection = connections.find((one) => one.dir === dir);
        if (current?.dir === dir) current = null;
        if (connection === undefined) return;
        await refreshConnection(connection);
        if (changedAtRawMs === null) return;
        connection.changedAtRawMs = changedAtRawMs;
        await writeChange(dir, changedAtRawMs);
      }).catch((error: unknown) => {
        logger.warn({ camera, dir }, `a recording could not be finished: ${toMessage(error)}`);
      }),
    fail: (reason) =>
      inTurn(async () => {
        const isSteady = performance.now() - failedAtMs > steadyMs;
        failedAtMs = performance.now();
        reserveFactor = Math.min(maxReserveFactor, 2 * reserveFactor);
        setProblem(reason);
        if (isSteady) await tendSafely();
      }),
    problem: () => problem,
    explainGap: (atMs) =>
      gaps.find(({ fromMs, toMs }) => atMs >= fromMs && atMs <= (toMs ?? Number.POSITIVE_INFINITY))?.reason ??
      null,
    list: () =>
      inTurn(async () => {
        if (current !== null) await refreshConnection(current);
        return connections.map((connection) => ({ ...connection, segments: [...connection.segments] }));
      }),
    async stop() {
      clearInterval(timer);
      await turn;
    },
  };
}

/** A new folder for a connection's segments, named by when it begins. */
async function makeConnectionFolder(ringDir: string): Promise<string> {
  for (let at = Date.now(); ; at++) {
    const dir = path.join(ringDir, String(at).padStart(14, '0'));
    try {
      await mkdir(ringDir, { recursive: true });
      await mkdir(dir);
      return dir;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new XunjieError('source_failed', `cannot record to ${ringDir}: ${toMessage(error)}`, {
        cause: error,
      });
    }
  }
}

function toFullDisk(ringDir: string, freeBytes: number): string {
  return `the disk that holds ${ringDir} is full (${Math.floor(freeBytes / 1024 ** 2)} MB free)`;
}
