import { availableParallelism } from 'node:os';
import path from 'node:path';
import {
  type CameraHealth,
  type CameraSource,
  type DetectionBatch,
  toMessage,
  type ViewAcceptance,
} from '../../domain/mod.ts';
import { type Keyring, sweepSeals } from '../../evidence/mod.ts';
import { type Camera, openCamera, type RingOptions } from '../../ingest/mod.ts';
import type { BlobStore, Bus, KeyValue, Logger, Subscription } from '../../platform/mod.ts';
import { defaultRecording } from '../config/camera-entry.ts';
import type { CameraConfig } from '../config/program-config.ts';
import type { Eyes } from '../eyes.ts';
import { type Sealed, startEvidenceWorker } from './evidence-worker.ts';
import { startFootageKeeper } from './footage-keeper.ts';
import { startFrameAnalysis } from './frame-analysis.ts';
import { openLoggedDetections } from './nearest-detections.ts';
import { createHealthReport } from './report-health.ts';
import { createTurns, type Turns } from './turns.ts';

export interface WatchedCamera {
  readonly config: CameraConfig;
  readonly source: CameraSource;
  readonly eyes: Eyes;
}

export interface CameraRoleOptions {
  readonly cameras: readonly WatchedCamera[];
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly keyring: Keyring;
  readonly retentionMs: number;
  /** Segment rings live below it, one folder per camera. */
  readonly ringDir: string;
  /** Reference views, one file per camera. */
  readonly viewDir: string;
  readonly restart: 'forever' | 'until_end';
  readonly logger: Logger;
}

export interface CameraRole {
  /** Resolves when every camera is through; live cameras never are. */
  readonly done: Promise<void>;
  listHealth(): CameraHealth[];
  stop(): Promise<void>;
}

const sealedMemoryMs = 30 * 86_400_000;
/** The rules' presences rest on at least so many samples per onset. */
const samplesPerOnset = 5;
const reportEveryMs = 1000;
/** Many cameras that raise something at once are sealed one after the other, as many at a time as there are cores to do it. */
const mostSealing = 4;

/** Ingest, detection and evidence for the cameras it is given. */
export async function startCameraRole(options: CameraRoleOptions): Promise<CameraRole> {
  const sealed = await options.bus.openKeyValue<Sealed>('sealed', { maxAgeMs: sealedMemoryMs });
  const views = await options.bus.openKeyValue<ViewAcceptance>('views');
  const sweeping = sweep(options);
  const turns = createTurns(Math.min(mostSealing, availableParallelism()));
  const running: RunningCamera[] = [];
  let watching: Subscription | null = null;
  const reporting = setInterval(() => {
    for (const one of running) one.report();
  }, reportEveryMs);
  const stopAll = async (): Promise<void> => {
    clearInterval(reporting);
    await watching?.stop();
    await Promise.all(running.map((one) => one.stop()));
    await sweeping;
  };
  try {
    for (const camera of options.cameras) running.push(await startCamera(camera, sealed, turns, options));
    const byId = new Map(running.map(({ camera }) => [camera.health().camera, camera]));
    watching = await views.watch((id, acceptance) => {
      if (acceptance !== null) byId.get(id)?.acceptView(acceptance.acceptedAtMs);
    });
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    done: Promise.all(running.map((one) => one.camera.done)).then(() => undefined),
    listHealth: () => running.map(({ camera }) => camera.health()),
    stop: stopAll,
  };
}

/** What processes that died while they sealed left in the store, and nobody took up since. Never rejects. */
async function sweep({ blobs, logger }: CameraRoleOptions): Promise<void> {
  try {
    const swept = await sweepSeals(blobs, Date.now() - sealedMemoryMs);
    if (swept > 0)
      logger.info({ candidates: swept }, 'removed what was left of packages that were never finished');
  } catch (error) {
    logger.warn({ reason: toMessage(error) }, 'could not look for packages that were never finished');
  }
}

interface RunningCamera {
  readonly camera: Camera;
  report(): void;
  stop(): Promise<void>;
}

async function startCamera(
  watched: WatchedCamera,
  sealed: KeyValue<Sealed>,
  turns: Turns,
  options: CameraRoleOptions,
): Promise<RunningCamera> {
  const { bus, blobs, keyring, retentionMs } = options;
  const { config, eyes, source } = watched;
  const logger = options.logger.child({ camera: config.id });
  const newest = await bus.readLast<DetectionBatch>('detections', config.id);
  const onsetMs = Math.min(...config.scene.rules.map((rule) => rule.onsetMs));
  const analysis = startFrameAnalysis({
    eyes,
    publishedUntilMs: newest?.payload.capturedAtMs ?? Number.NEGATIVE_INFINITY,
    isPaced: isPaced(source),
    floorGapMs: onsetMs / samplesPerOnset,
    publish: (batch) => publishBatch(bus, batch),
    note: (facts) => opened?.noteAnalysis(facts),
    health: () => opened?.health() ?? { state: 'connecting', reason: '' },
    logger,
  });
  let opened: Camera | null = null;

  const camera = await openCamera({
    id: config.id,
    source,
    ring: toRing(watched, options.ringDir),
    viewFile: path.join(options.viewDir, `${config.id}.json`),
    maxPixelWidth: eyes.maxPixelWidth,
    maxPixelHeight: eyes.maxPixelHeight,
    onsetMs,
    restart: options.restart,
    logger,
    onHealth: createHealthReport(bus, logger),
    onFrame: (frame) => analysis.take(frame),
  });
  opened = camera;
  const { holds } = camera;
  const keeper =
    holds === undefined ? null : await startFootageKeeper({ camera: config.id, holds, bus, sealed, logger });
  const evidence: Subscription = await startEvidenceWorker({
    camera: config.id,
    footage: camera.footage,
    detections: openLoggedDetections(bus, config.id),
    bus,
    blobs,
    keyring,
    retentionMs,
    sealed,
    turns,
    logger,
    onSettled: async (candidateId) => keeper?.settle(candidateId),
  });
  camera.done.catch((error: unknown) =>
    logger.error({ error: toMessage(error) }, 'camera ended with an error'),
  );
  return {
    camera,
    report: () => analysis.report(),
    async stop() {
      await camera.stop();
      await eyes.forget(config.id);
      await analysis.stop();
      await evidence.stop();
      await keeper?.stop();
    },
  };
}

/** Where and how much of a live camera is kept; a clip or a folder of stills is its own footage. */
function toRing({ config, source }: WatchedCamera, ringDir: string): RingOptions | null {
  if (source.kind === 'file' || source.kind === 'stills') return null;
  const { dir, maxAgeMs, maxBytes } = config.recording ?? defaultRecording;
  return { dir: dir ?? path.join(ringDir, config.id), maxAgeMs, maxBytes };
}

/** A source that waits for us loses no frame; others go on, and the newest wins. */
function isPaced(source: CameraSource): boolean {
  switch (source.kind) {
    case 'file':
      return !source.realTime;
    case 'stills':
      return true;
    case 'rtsp':
    case 'http':
      return false;
    default:
      return source satisfies never;
  }
}

async function publishBatch(bus: Bus, batch: DetectionBatch): Promise<void> {
  await bus.publish('detections', batch.camera, `${batch.camera}:${batch.capturedAtMs}`, batch);
}
