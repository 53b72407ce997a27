import { setTimeout as delay } from 'node:timers/promises';
import { toMessage, XunjieError } from '../domain/mod.ts';
import type { Anchor } from './anchor.ts';
import { toBackoffMs } from './backoff.ts';
import type { Camera, CameraOptions, Frame } from './camera.ts';
import { createSlot } from './frame-slot.ts';
import { createHealthBoard } from './health-board.ts';
import { isProblem, type LiveInput, type LiveSource } from './live-input.ts';
import type { LiveTiming } from './live-timing.ts';
import type { Picture } from './picture-stream.ts';
import { findReachProblem } from './reach.ts';
import { createRingFootage } from './ring-footage.ts';
import { type Connection, type ConnectionEnd, startConnection } from './rtsp-connection.ts';
import { chooseSampling } from './sampling.ts';
import {
  listConnections,
  makeConnectionFolder,
  pruneRing,
  toRingEndMs,
  writeAnchor,
} from './segment-ring.ts';

export const liveTiming: LiveTiming = {
  silentMs: 15_000,
  firstPictureMs: 45_000,
  settleMs: 3000,
  watchMs: 500,
  reachMs: 10_000,
  unauthorizedRetryMs: 60_000,
  goodMs: 300_000,
  toBackoffMs,
  segmentMs: 10_000,
  pruneMs: 10_000,
};

/** Frame rate taken for a live stream's own when all of it is decoded. */
const assumedFrameGapMs = 40;

/** A live camera: connected to again and again until `stop` (or, with `until_end`, until a stream that was live ends orderly). */
export async function openRtspCamera(
  options: CameraOptions,
  source: LiveSource,
  timing: LiveTiming = liveTiming,
): Promise<Camera> {
  const { id, logger, onsetMs, ring } = options;
  const address = parseAddress(id, source.url);
  const board = createHealthBoard(id, (health) => options.onHealth(health));
  const stopping = new AbortController();
  let connection: Connection | null = null;
  let currentDir: string | null = null;
  let floorMs = ring === null ? Number.NEGATIVE_INFINITY : toRingEndMs(await listConnections(ring.dir));
  // The gap is not known yet: none of the keyframes is passed over, unless they come in a rush.
  let sampling = chooseSampling(onsetMs, onsetMs / 5, 0);

  const slot = createSlot<Frame>(
    async (frame) => {
      board.countSampled(Date.now());
      await options.onFrame(frame).catch((error) => {
        logger.error({ camera: id, ptsMs: frame.ptsMs }, `a frame could not be used: ${toMessage(error)}`);
      });
    },
    () => board.countDropped(),
  );
  const onPicture = (picture: Picture, anchor: Anchor): Promise<void> => {
    const ptsMs = Math.round(picture.rawPtsMs) + anchor.offsetMs;
    floorMs = Math.max(floorMs, ptsMs);
    board.setState('live', '');
    const { width, height, pixels, pixelWidth, pixelHeight } = picture;
    const picked = { width, height, pixels, pixelWidth, pixelHeight };
    slot.put({ camera: id, ptsMs, capturedAtMs: ptsMs, clockErrorMs: anchor.clockErrorMs, ...picked });
    return slot.settle();
  };

  const connectOnce = async (): Promise<ConnectionEnd> => {
    const problem = await findReachProblem(address.host, address.port, timing.reachMs);
    if (problem !== null) return { kind: 'lost', reason: problem, pictures: 0 };
    const input = await source.open(timing.reachMs);
    if (isProblem(input)) return { ...input, pictures: 0 };
    try {
      return await connectTo(input);
    } finally {
      await input.close();
    }
  };
  const connectTo = async (input: LiveInput): Promise<ConnectionEnd> => {
    if (stopping.signal.aborted) return { kind: 'stopped', reason: '', pictures: 0 };
    const dir = ring === null ? null : await makeConnectionFolder(ring.dir);
    currentDir = dir;
    const listed = ring === null ? 0 : Math.ceil(ring.maxAgeMs / timing.segmentMs) + 2;
    connection = startConnection({
      input,
      sampling,
      maxPixelWidth: options.maxPixelWidth,
      maxPixelHeight: options.maxPixelHeight,
      timing,
      floorMs,
      longestGapMs: onsetMs / 5,
      recording: dir === null ? null : { dir, segmentMs: timing.segmentMs, listed },
      async onAnchored(anchor) {
        if (dir !== null) await writeAnchor(dir, anchor.offsetMs);
        logger.info({ camera: id, decode: sampling.decode, ...anchor }, 'camera is live');
      },
      onPicture,
      onKeyframeGap: (gapMs) => board.setKeyframeGap(gapMs),
    });
    const end = await connection.ended;
    if (end.kind === 'lost' || end.kind === 'stalled')
      logger.warn({ camera: id, tail: connection.tail().slice(-5) }, `connection ended: ${end.reason}`);
    connection = null;
    currentDir = null;
    return end;
  };

  const supervise = async (): Promise<void> => {
    for (let failures = 0; !stopping.signal.aborted; board.countRestart()) {
      const startedAtMs = Date.now();
      const end = await connectOnce().catch(
        (error): ConnectionEnd => ({ kind: 'lost', reason: toMessage(error), pictures: 0 }),
      );
      if (Date.now() - startedAtMs >= timing.goodMs) failures = 0;
      let waitMs = timing.toBackoffMs(failures++);
      switch (end.kind) {
        case 'stopped':
          return;
        case 'sparse_keyframes':
          sampling = chooseSampling(onsetMs, null, assumedFrameGapMs);
          logger.info({ camera: id }, end.reason);
          failures = 0;
          waitMs = 0;
          break;
        case 'closed':
          if (options.restart === 'until_end' && end.pictures > 0) {
            await slot.settle();
            return;
          }
          board.setState('down', end.reason);
          break;
        case 'lost':
          board.setState('down', end.reason);
          break;
        case 'stalled':
          board.setState('stalled', end.reason);
          break;
        case 'unauthorized':
          board.setState('unauthorized', end.reason);
          waitMs = timing.unauthorizedRetryMs;
          break;
      }
      logger.debug({ camera: id, waitMs }, 'connects again');
      // Aborted only by `stop`, which the loop then sees.
      await delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  };

  const prune = async (): Promise<void> => {
    if (ring === null) return;
    await pruneRing(ring, Date.now(), (dir) => dir === currentDir).catch((error) => {
      logger.error({ camera: id, dir: ring.dir }, `the ring cannot be pruned: ${toMessage(error)}`);
    });
  };
  let pruning = prune();
  const pruneTimer = setInterval(() => {
    pruning = pruning.then(prune);
  }, timing.pruneMs);

  const done = supervise().finally(() => {
    clearInterval(pruneTimer);
    board.setState('ended', stopping.signal.aborted ? 'stopped' : '');
    board.close();
  });

  return {
    footage:
      ring === null
        ? noFootage(id)
        : createRingFootage(ring.dir, { edgeMs: () => connection?.edgeMs() ?? null }),
    done,
    health: () => board.read(),
    noteAnalysis: (analysis) => board.noteAnalysis(analysis),
    async stop() {
      slot.close();
      stopping.abort();
      await connection?.stop();
      await done;
      await pruning;
    },
  };
}

function parseAddress(id: string, url: string): { host: string; port: number } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^rtsps?:$/.test(parsed.protocol) || parsed.hostname === '')
    throw new XunjieError('bad_argument', `camera "${id}": its address is no URL such as rtsp://host/path`);
  const port = Number(parsed.port) || (parsed.protocol === 'rtsps:' ? 322 : 554);
  return { host: parsed.hostname.replaceAll(/^\[|\]$/g, ''), port };
}

function noFootage(id: string): Camera['footage'] {
  const refuse = async (): Promise<never> => {
    throw new XunjieError('evidence_unavailable', `camera "${id}" records nothing`);
  };
  return { readFrame: refuse, readClip: refuse };
}
