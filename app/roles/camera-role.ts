import path from 'node:path';
import { type CameraHealth, type CameraSource, type DetectionBatch, toMessage } from '../../domain/mod.ts';
import type { Signer } from '../../evidence/mod.ts';
import { type Camera, type Frame, openCamera, type RingOptions } from '../../ingest/mod.ts';
import type { BlobStore, Bus, KeyValue, Logger, Subscription } from '../../platform/mod.ts';
import { defaultRecording } from '../config/camera-entry.ts';
import type { CameraConfig } from '../config/program-config.ts';
import type { Eyes } from '../eyes.ts';
import { type Sealed, startEvidenceWorker } from './evidence-worker.ts';

export interface WatchedCamera {
  readonly config: CameraConfig;
  readonly source: CameraSource;
  readonly eyes: Eyes;
}

export interface CameraRoleOptions {
  readonly cameras: readonly WatchedCamera[];
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly signer: Signer;
  /** Segment rings live below it, one folder per camera. */
  readonly ringDir: string;
  readonly restart: 'forever' | 'until_end';
  readonly logger: Logger;
}

export interface CameraRole {
  /** Resolves when every camera is through; live cameras never are. */
  readonly done: Promise<void>;
  stop(): Promise<void>;
}

const sealedMemoryMs = 30 * 86_400_000;

/** Ingest, detection and evidence for the cameras it is given. */
export async function startCameraRole(options: CameraRoleOptions): Promise<CameraRole> {
  const sealed = await options.bus.openKeyValue<Sealed>('sealed', { maxAgeMs: sealedMemoryMs });
  const running: RunningCamera[] = [];
  const stopAll = async (): Promise<void> => {
    await Promise.all(running.map((one) => one.stop()));
  };
  try {
    for (const camera of options.cameras) running.push(await startCamera(camera, sealed, options));
  } catch (error) {
    await stopAll();
    throw error;
  }
  return {
    done: Promise.all(running.map((one) => one.camera.done)).then(() => undefined),
    stop: stopAll,
  };
}

interface RunningCamera {
  readonly camera: Camera;
  stop(): Promise<void>;
}

async function startCamera(
  watched: WatchedCamera,
  sealed: KeyValue<Sealed>,
  options: CameraRoleOptions,
): Promise<RunningCamera> {
  const { bus, blobs, signer } = options;
  const { config, eyes, source } = watched;
  const logger = options.logger.child({ camera: config.id });
  const newest = await bus.readLast<DetectionBatch>('detections', config.id);
  let publishedUntilMs = newest?.payload.capturedAtMs ?? Number.NEGATIVE_INFINITY;

  const camera = await openCamera({
    id: config.id,
    source,
    ring: toRing(watched, options.ringDir),
    maxPixelWidth: eyes.maxPixelWidth,
    maxPixelHeight: eyes.maxPixelHeight,
    onsetMs: Math.min(...config.scene.rules.map((rule) => rule.onsetMs)),
    restart: options.restart,
    logger,
    onHealth: (health: CameraHealth) => bus.publishLive(`health.${config.id}`, health),
    async onFrame(frame) {
      if (frame.capturedAtMs <= publishedUntilMs) return; // already in the log: a clip is read again after a crash
      const batch = await look(frame, eyes);
      await publishBatch(bus, batch);
      publishedUntilMs = batch.capturedAtMs;
    },
  });
  const evidence: Subscription = await startEvidenceWorker({
    camera: config.id,
    footage: camera.footage,
    bus,
    blobs,
    signer,
    sealed,
    logger,
  });
  camera.done.catch((error: unknown) =>
    logger.error({ error: toMessage(error) }, 'camera ended with an error'),
  );
  return {
    camera,
    async stop() {
      await camera.stop();
      await evidence.stop();
    },
  };
}

/** Where and how much of a live camera is kept; a clip or a folder of stills is its own footage. */
function toRing({ config, source }: WatchedCamera, ringDir: string): RingOptions | null {
  if (source.kind === 'file' || source.kind === 'stills') return null;
  const { dir, maxAgeMs, maxBytes } = config.recording ?? defaultRecording;
  return { dir: dir ?? path.join(ringDir, config.id), maxAgeMs, maxBytes };
}

/** Looks at one frame and writes down what was seen. */
export async function look(frame: Frame, eyes: Eyes): Promise<DetectionBatch> {
  const detections = await eyes.detect(frame);
  return {
    v: 1,
    camera: frame.camera,
    ptsMs: frame.ptsMs,
    capturedAtMs: frame.capturedAtMs,
    clockErrorMs: frame.clockErrorMs,
    width: frame.width,
    height: frame.height,
    model: eyes.model,
    detections,
  };
}

async function publishBatch(bus: Bus, batch: DetectionBatch): Promise<void> {
  await bus.publish('detections', batch.camera, `${batch.camera}:${batch.capturedAtMs}`, batch);
}
