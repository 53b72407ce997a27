import { setTimeout as delay } from 'node:timers/promises';
import { type CameraState, toMessage, XunjieError } from '../domain/mod.ts';
import type { Anchor } from './anchor.ts';
import type { Camera, CameraOptions, Frame } from './camera.ts';
import { createCaptureClock } from './capture-clock.ts';
import type { Connection, ConnectionEnd } from './connection.ts';
import { createDecodeChoice } from './decode-choice.ts';
import { createSlot } from './frame-slot.ts';
import { createHealthBoard } from './health-board.ts';
import { fitToCodec, isProblem, type LiveInput, type LiveSource } from './live-input.ts';
import { type LiveTiming, liveTiming } from './live-timing.ts';
import type { Picture } from './picture-stream.ts';
import { findReachProblem, parseStreamAddress, type ReachProblem } from './reach.ts';
import { createRetryPlan } from './retry-plan.ts';
import { createRingFootage } from './ring-footage.ts';
import { toRingEndMs } from './ring-index.ts';
import { startConnection } from './rtsp-connection.ts';
import { openSegmentRing } from './segment-ring.ts';
import { openViewWatch, toFrameView } from './view/watch-view.ts';

/** Pictures that leave the decoder so late are told of. */
const lateMs = 2000;

/** A live camera, or with `record` the stream of one that is only kept for evidence: connected to again and again until `stop` (or, with `until_end`, until a stream that was live ends orderly). */
export async function openRtspCamera(
  options: CameraOptions,
  source: LiveSource,
  timing: LiveTiming = liveTiming,
  use: 'decode' | 'record' = 'decode',
): Promise<Camera> {
  const { id, logger, onsetMs, ring } = options;
  const address = parseStreamAddress(id, source.url);
  const board = createHealthBoard(id, (health) => options.onHealth(health));
  const view = await openViewWatch(id, options.viewFile ?? null, logger);
  const stopping = new AbortController();
  let connection: Connection | null = null;
  const plan = createRetryPlan(timing);
  const recorder =
    ring === null
      ? null
      : await openSegmentRing({
          ...ring,
          camera: id,
          pruneMs: timing.pruneMs,
          logger,
          // A connection records from its beginning to its end or not at all: either way a new one is needed.
          onProblem: (problem) => connection?.cut('not_recording', problem ?? 'recording is possible again'),
        });
  let floorMs = recorder === null ? Number.NEGATIVE_INFINITY : toRingEndMs(await recorder.list());
  const clock = createCaptureClock();
  const choice = createDecodeChoice(onsetMs, timing.calmMs);
  let hasClockOutput = true;
  let hasKeyframes = true;

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
    const { width, height, pixels, pixelWidth, pixelHeight, release } = picture;
    const { capturedAtMs, clockErrorMs, source: clockSource } = clock.toCapture(picture.rawPtsMs);
    // Before it is said to be live: who reads both sees that a picture came.
    board.note({ width, height, clockSource, clockErrorMs, lastFrameAtMs: Date.now() });
    board.setState('live', describeTroubles());
    const seen = view.observe({ pixels, pixelWidth, pixelHeight, capturedAtMs });
    board.setView(seen);
    const picked = { width, height, pixels, pixelWidth, pixelHeight, release, ...toFrameView(seen) };
    slot.put({ camera: id, ptsMs, capturedAtMs, clockErrorMs, ...picked });
    return slot.settle();
  };

  const noteRecording = (rawMs: number): void => {
    const { clockErrorMs, source: clockSource } = clock.toCapture(rawMs);
    board.note({ clockSource, clockErrorMs });
    board.setState('live', describeTroubles());
  };

  const describeTroubles = (): string => {
    const problem = recorder?.problem() ?? null;
    const delayMs = board.read().decodeDelayMs ?? 0;
    return [
      problem === null ? '' : `nothing is recorded: ${problem}`,
      hasKeyframes ? '' : 'nothing can be recorded: the stream gives no keyframe to begin with',
      clock.complaint(),
      delayMs >= lateMs ? `pictures leave the decoder ${Math.round(delayMs / 1000)} s late (B-frames)` : '',
    ]
      .filter((trouble) => trouble !== '')
      .join('; ');
  };

  const connectOnce = async (): Promise<ConnectionEnd> => {
    const input = await source.open(timing.reachMs, stopping.signal);
    if (isProblem(input)) return { ...input, pictures: 0 };
    const dir = (await recorder?.begin()) ?? null;
    try {
      return await connectTo(fitToCodec(input, board.read().codec) ?? input, dir);
    } finally {
      connection = null;
      await input.close();
    }
  };
  const connectTo = async (input: LiveInput, dir: string | null): Promise<ConnectionEnd> => {
    if (stopping.signal.aborted) return { kind: 'stopped', reason: '', pictures: 0 };
    const sampling = choice.sampling();
    hasKeyframes = true;
    if (use === 'decode') board.note({ decode: sampling.decode });
    const mine = startConnection({
      input,
      sampling,
      clock,
      hasClockOutput,
      isDecoded: use === 'decode',
      isOwnFootage: use === 'decode' && ring !== null,
      watch: choice.watch(),
      maxPixelWidth: options.maxPixelWidth,
      maxPixelHeight: options.maxPixelHeight,
      timing,
      describeMs: plan.toDescribeMs(),
      floorMs,
      recording: dir === null ? null : { dir, segmentMs: timing.segmentMs },
      async onAnchored(anchor) {
        if (dir !== null) await recorder?.anchor(dir, anchor.offsetMs);
        if (use === 'record') noteRecording(mine.edgeRawMs() ?? 0);
        logger.info({ camera: id, decode: sampling.decode, ...anchor }, 'camera is live');
      },
      onPicture,
      onFacts({ keyframeGapMs, size, isRecording, ...facts }) {
        if (use === 'record') board.note({ ...size });
        if (isRecording !== undefined) hasKeyframes = isRecording;
        if (keyframeGapMs !== undefined) board.setKeyframeGap(keyframeGapMs);
        board.note(facts);
      },
      onComplaint: () => board.countStreamError(),
    });
    connection = mine;
    const end = await mine.ended;
    if (use === 'record') floorMs = Math.max(floorMs, mine.edgeMs() ?? floorMs);
    if (dir !== null) await recorder?.end(dir, end.changedAtRawMs ?? null);
    if (end.kind === 'not_recording' && dir !== null && recorder?.problem() === null)
      await recorder.fail(end.reason);
    reportEnd(end, mine.tail());
    return end;
  };

  let lastReported = '';
  /** The same end again and again is one warning; after that it is told to who debugs. */
  const reportEnd = (end: ConnectionEnd, tail: readonly string[]): void => {
    const what = `connection ended: ${end.reason}`;
    const fields = { camera: id, kind: end.kind, tail: tail.slice(-5) };
    const isNews = lastReported !== what || end.pictures > 0;
    lastReported = what;
    if (isNews && isFault(end)) logger.warn(fields, what);
    else logger.debug(fields, what);
  };

  const pause = (waitMs: number): Promise<void> =>
    // Aborted only by `stop`, which the loops then see.
    delay(waitMs, undefined, { signal: stopping.signal }).catch(() => {});

  /** Asks until the camera answers: far cheaper than connecting, so that it can be done often enough to be back in time. */
  const waitUntilThere = async (): Promise<void> => {
    for (let tries = 0; !stopping.signal.aborted; tries++) {
      const problem = await findReachProblem(address, timing, stopping.signal);
      if (problem === null) return;
      plan.noteReturn();
      board.setState(toReachState(problem), problem.reason);
      await pause(timing.toBackoffMs(tries, timing.probeMs));
    }
  };
  /** Waits before the next attempt; less when the camera was away meanwhile, for then it may have changed its mind. */
  const waitOut = async (waitMs: number): Promise<void> => {
    const until = performance.now() + waitMs;
    for (let leftMs = waitMs; leftMs > 0 && !stopping.signal.aborted; leftMs = until - performance.now()) {
      await pause(Math.min(leftMs, timing.probeMs));
      if (until - performance.now() <= timing.probeMs) continue; // it is asked then anyway
      if ((await findReachProblem(address, timing, stopping.signal)) !== null) return;
    }
  };

  const supervise = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await waitUntilThere();
      const startedAtMs = performance.now();
      const end = await connectOnce().catch(
        (error): ConnectionEnd => ({ kind: 'lost', reason: toMessage(error), pictures: 0 }),
      );
      switch (end.kind) {
        case 'stopped':
          return;
        case 'redecode':
          if (end.keyframes !== undefined) {
            const { finding, gapMs, delayMs } = end.keyframes;
            choice.change(finding, gapMs, delayMs);
          }
          board.countDecodeChange();
          logger.info({ camera: id }, end.reason);
          break;
        case 'time_jumped':
          board.countTimeJump();
          logger.warn({ camera: id }, end.reason);
          break;
        case 'clock_refused':
          hasClockOutput = false;
          logger.warn({ camera: id }, end.reason);
          break;
        case 'unfit':
        case 'drifted':
        case 'changed':
        case 'not_recording':
          logger.info({ camera: id }, end.reason);
          break;
        case 'closed':
          if (options.restart === 'until_end' && end.pictures > 0) {
            await slot.settle();
            return;
          }
          board.setState('down', end.reason);
          break;
        case 'lost':
        case 'killed':
          board.setState('down', end.reason);
          break;
        case 'stalled':
          board.setState('stalled', end.reason);
          break;
        case 'unauthorized':
          source.noteRefusal?.();
          board.setState('unauthorized', end.reason);
          break;
      }
      if (!isPlanned(end)) board.countRestart();
      const waitMs = plan.toWaitMs(end, performance.now() - startedAtMs);
      if (plan.isUnsteady(end)) board.setState('down', `again and again: ${end.reason}`);
      logger.debug({ camera: id, waitMs }, 'connects again');
      await waitOut(waitMs);
    }
  };

  const run = async (): Promise<void> => {
    try {
      await supervise();
    } finally {
      await recorder?.stop();
      await view.close();
      board.setState('ended', stopping.signal.aborted ? 'stopped' : '');
      board.close();
    }
  };
  const done = run();

  return {
    footage:
      recorder === null
        ? noFootage(id)
        : createRingFootage(
            recorder,
            { edgeMs: () => connection?.edgeMs() ?? null },
            use === 'record' ? 'nearest' : 'exact',
          ),
    ...(recorder !== null && { holds: recorder.holds }),
    done,
    health: () => board.read(),
    noteAnalysis: (analysis) => board.noteAnalysis(analysis),
    acceptView: (acceptedAtMs) => view.accept(acceptedAtMs),
    async stop() {
      slot.close();
      stopping.abort();
      await connection?.stop();
      await done;
    },
  };
}

/** Ended only to go on better: neither a fault nor counted among the restarts. */
function isPlanned({ kind }: ConnectionEnd): boolean {
  const planned: readonly (typeof kind)[] = ['redecode', 'time_jumped', 'drifted', 'clock_refused', 'unfit'];
  return planned.includes(kind);
}

function isFault({ kind }: ConnectionEnd): boolean {
  return kind === 'lost' || kind === 'stalled' || kind === 'killed' || kind === 'unauthorized';
}

function toReachState(problem: ReachProblem): CameraState {
  return problem.kind === 'mute' ? 'stalled' : 'down';
}

function noFootage(id: string): Camera['footage'] {
  const refuse = async (): Promise<never> => {
    throw new XunjieError('evidence_unavailable', `camera "${id}" records nothing`);
  };
  return { readFrame: refuse, readClip: refuse };
}
