import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sharp from 'sharp';
import type { CameraState } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { readCounter } from './counter-clip.ts';
import type { EncodedClip } from './scripted-camera/access-units.ts';
import type { CameraScript } from './scripted-camera/camera-script.ts';
import { type ScriptedCamera, startScriptedCamera } from './scripted-camera/scripted-camera.ts';
import {
  findTimeFaults,
  measureSlowness,
  readBurnt,
  type SeenFrame,
  type StateChange,
  type WatchedCamera,
  watchCamera,
} from './watched-camera.ts';

/** One thing that goes wrong with a camera, for a while. */
export interface CameraFault {
  readonly name: string;
  /** Begins it; what it returns is what the camera does until the fault's end. */
  begin(camera: ScriptedCamera): CameraScript;
  /** What the camera does after the fault, default as it should. */
  readonly after?: CameraScript;
  /** So long at least, and until what is expected has been said. */
  readonly lastsMs: number;
  /** What is to be said; `null`: nothing is to be seen of it, the camera stays live. */
  readonly expects: { readonly state: CameraState; readonly reason: RegExp } | null;
  readonly transport?: 'tcp' | 'udp';
  readonly sessionTimeoutS?: number;
  readonly login?: string;
  readonly onsetMs?: number;
  /** Frames that come before it begins; default 2. */
  readonly framesBefore?: number;
}

export interface FaultOutcome {
  /** States and reasons from the fault's beginning to its end, in order. */
  readonly said: readonly { readonly state: CameraState; readonly reason: string }[];
  /** From the fault's end to the first frame after it with the camera live; 0 where it was live all along. */
  readonly recoveryMs: number;
  /** What is promised, and what this machine is slower by. */
  readonly promisedMs: number;
  readonly timeFaults: readonly string[];
  readonly footageFaults: readonly string[];
  readonly log: readonly string[];
}

export interface FaultStage {
  readonly clips: readonly EncodedClip[];
  readonly frameMs: number;
  readonly folder: string;
}

/** The promise: a camera is live again so soon after its fault's end. */
const recoveryPromiseMs = 15_000;
const framesBefore = 2;
const framesAfter = 3;

/** Brings a camera up, lets the fault happen, ends it, and waits for the camera to be as it was. Nothing is left of it. */
export async function runFault(fault: CameraFault, stage: FaultStage): Promise<FaultOutcome> {
  const { clips, frameMs, folder } = stage;
  const log: string[] = [];
  const camera = await startScriptedCamera({
    clips,
    frameMs,
    ...(fault.sessionTimeoutS !== undefined && { sessionTimeoutS: fault.sessionTimeoutS }),
  });
  const openedAtMs = Date.now();
  const url = camera.url.replace('://', `://${fault.login === undefined ? '' : `${fault.login}@`}`);
  const live = await watchCamera(url, {
    source: { kind: 'rtsp', url, transport: fault.transport ?? 'tcp' },
    ring: { dir: path.join(folder, `ring-${camera.port}`), maxAgeMs: 600_000, maxBytes: 1e9 },
    logger: createLogger('info', (line) => log.push(line)),
    ...(fault.onsetMs !== undefined && { onsetMs: fault.onsetMs }),
  });
  await live.waitForFrames(fault.framesBefore ?? framesBefore);
  const startMs = Date.now() - openedAtMs;
  const saidBefore = live.changes.length;
  camera.setScript(fault.begin(camera));
  await delay(fault.lastsMs);
  const { expects } = fault;
  const listSaid = (): StateChange[] => live.changes.slice(saidBefore);
  if (expects !== null)
    await live.waitUntil(() =>
      listSaid().some(({ state, reason }) => state === expects.state && expects.reason.test(reason)),
    );
  const said = listSaid();
  const wasLive = said.every(({ state }) => state === 'live');
  camera.setScript(fault.after ?? {});
  const endedAtMs = Date.now();
  const count = live.frames.length;
  await live.waitForNextFrame();
  await live.waitForState('live');
  const recoveryMs = Date.now() - endedAtMs;
  await live.waitForFrames(count + framesAfter);
  const slowMs = await measureSlowness(url, { tookMs: recoveryMs, promisedMs: recoveryPromiseMs, startMs });
  const footageFaults = await findFootageFaults(live, count);
  await live.camera.stop();
  await camera.stop();
  return {
    said: said.map(({ state, reason }) => ({ state, reason })),
    recoveryMs: wasLive ? 0 : recoveryMs,
    promisedMs: recoveryPromiseMs + slowMs,
    timeFaults: [...findTimeFaults(live.frames), ...findWrongTimes(live.frames, camera)],
    footageFaults,
    log,
  };
}

/** Every frame's number says when it was captured; more than the declared error off is a fault. */
function findWrongTimes(frames: readonly SeenFrame[], camera: ScriptedCamera): string[] {
  return frames.flatMap(({ frame }, i) => {
    const offMs = camera.toErrorMs(frame.capturedAtMs, readBurnt(frame));
    return Math.abs(offMs) <= (frame.clockErrorMs ?? 0)
      ? []
      : [`frame ${i}, number ${readBurnt(frame)}, is ${offMs} ms off, declared ${frame.clockErrorMs}`];
  });
}

/** The recording gives back the very frames, in their size. */
async function findFootageFaults({ camera, frames }: WatchedCamera, count: number): Promise<string[]> {
  const faults: string[] = [];
  for (const at of new Set([0, count - 1, count, count + 1])) {
    const frame = frames[at]?.frame;
    if (frame === undefined) continue;
    try {
      const { bytes } = await camera.footage.readFrame(frame.ptsMs);
      const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      if (info.width !== frame.width || info.height !== frame.height)
        faults.push(`frame ${at} is ${info.width}x${info.height}, was ${frame.width}x${frame.height}`);
      const number = readCounter(data, info.width, info.height);
      if (number !== readBurnt(frame))
        faults.push(`frame ${at} is number ${number}, was ${readBurnt(frame)}`);
    } catch (error) {
      faults.push(`frame ${at}: ${(error as Error).message}`);
    }
  }
  return faults;
}
