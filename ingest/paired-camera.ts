import { type CameraHealth, type FootageReader, toMessage } from '../domain/mod.ts';
import type { Camera, CameraOptions } from './camera.ts';
import type { LiveSource } from './live-input.ts';
import { type LiveTiming, liveTiming } from './live-timing.ts';
import { openRtspCamera } from './rtsp-camera.ts';

/** Two pictures of one view may differ so much in shape by rounding. */
const sameShape = 0.02;

/**
 * A camera with two streams: the sub-stream is decoded and analysed and not kept, the main stream is kept and not decoded. State, frames
 * and their times are the sub-stream's; what is wrong with the main stream is said in the reason. Evidence is the main stream's nearest
 * frame under its own time; while there is none, it is not to be had: the sub-stream is no stand-in that nobody would notice.
 */
export async function openPairedCamera(
  options: CameraOptions,
  detection: LiveSource,
  evidence: LiveSource,
  timing: LiveTiming = liveTiming,
): Promise<Camera> {
  const { id } = options;
  const { viewFile: _subs, ...shared } = options;
  const logger = options.logger.child({ stream: 'evidence' });
  let mainHealth: CameraHealth | null = null;
  let subHealth: CameraHealth | null = null;
  let isShapeTold = false;

  const merge = (health: CameraHealth): CameraHealth => {
    const shape = describeShapes(health, mainHealth);
    if (shape !== '' && !isShapeTold) logger.warn({ camera: id }, shape);
    if (shape !== '') isShapeTold = true;
    const reasons = [health.reason, describeMain(mainHealth), shape].filter((reason) => reason !== '');
    return health.state === 'ended' ? health : { ...health, reason: reasons.join('; ') };
  };

  const main = await openRtspCamera(
    {
      ...shared,
      logger,
      async onFrame() {}, // nothing of it is decoded
      onHealth(health) {
        const isNews = describeMain(health) !== describeMain(mainHealth);
        mainHealth = health;
        if (isNews && subHealth !== null) options.onHealth(merge({ ...subHealth, atMs: health.atMs }));
      },
    },
    evidence,
    timing,
    'record',
  );
  const sub = await openRtspCamera(
    {
      ...options,
      ring: null,
      onHealth(health) {
        subHealth = health;
        options.onHealth(merge(health));
      },
    },
    detection,
    timing,
  ).catch(async (error: unknown) => {
    await main.stop();
    throw error;
  });
  const finish = async (): Promise<void> => {
    try {
      await sub.done;
    } finally {
      await main.stop();
    }
  };
  const done = finish();
  // Whoever holds `done` hears of it.
  done.catch((error: unknown) => logger.debug({ camera: id }, toMessage(error)));

  return {
    footage: toTimedFootage(main),
    ...(main.holds && { holds: main.holds }),
    done,
    health: () => merge(sub.health()),
    noteAnalysis: (analysis) => sub.noteAnalysis(analysis),
    acceptView: (acceptedAtMs) => sub.acceptView(acceptedAtMs),
    async stop() {
      await Promise.all([sub.stop(), main.stop()]);
      await done.catch(() => {}); // said above
    },
  };
}

/** The main stream's footage, with the bound of its own clock. */
function toTimedFootage(main: Camera): FootageReader {
  return {
    async readFrame(ptsMs) {
      const frame = await main.footage.readFrame(ptsMs);
      return { ...frame, clockErrorMs: main.health().clockErrorMs };
    },
    readClip: (fromPtsMs, toPtsMs) => main.footage.readClip(fromPtsMs, toPtsMs),
  };
}

function describeMain(health: CameraHealth | null): string {
  if (health === null || health.state === 'connecting') return 'no evidence is recorded yet';
  if (health.state === 'live') return health.reason;
  return `no evidence is recorded: the main stream is ${health.state}${health.reason === '' ? '' : `: ${health.reason}`}`;
}

/** Zones are shares of the picture: they fit both streams where both show the same view, stretched or not. */
function describeShapes(sub: CameraHealth, main: CameraHealth | null): string {
  if (sub.width === null || sub.height === null || main?.width == null || main.height === null) return '';
  const ratio = (sub.width / sub.height) * (main.height / main.width);
  if (Math.abs(ratio - 1) <= sameShape) return '';
  return `the sub-stream's shape (${sub.width}x${sub.height}) is not the main stream's (${main.width}x${main.height}): boxes fit only if both show the whole view`;
}
