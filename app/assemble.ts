import path from 'node:path';
import type { CaseSettings, ReviewSettings, RosterSettings } from '../api/mod.ts';
import { type Detector, type Model, openDetector } from '../detector/mod.ts';
import {
  type CameraSource,
  type CandidateFacts,
  type DetectionBatch,
  type Scene,
  XunjieError,
} from '../domain/mod.ts';
import { type Keyring, openKeyring, toSignature, verifyStoredPackage } from '../evidence/mod.ts';
import { probeClip } from '../ingest/mod.ts';
import {
  type BlobStore,
  type Bus,
  type ClosingStack,
  type Logger,
  loadOrCreateFieldKeys,
  openFolderBlobStore,
  openMetrics,
  openMetricsServer,
  openNatsBus,
  openS3BlobStore,
} from '../platform/mod.ts';
import type { ClipPasses } from './clip-passes.ts';
import { type AuthConfig, withProviderSecret } from './config/auth-entry.ts';
import type { DetectorSettings } from './config/detector-settings.ts';
import type { EvidenceSettings } from './config/evidence-settings.ts';
import type { CameraConfig, RoleName } from './config/program-config.ts';
import { startEngines } from './engines.ts';
import { type Eyes, loadRecordedEyes, type ModelEyes, openModelEyes } from './eyes.ts';
import { howToAddModel } from './find-model.ts';
import { openObjectMemory } from './object-memory.ts';
import { type CameraRole, startCameraRole, type WatchedCamera } from './roles/camera-role.ts';
import { type ConsoleRole, type ConsoleRoleOptions, startConsoleRole } from './roles/console-role.ts';
import { type RulesRole, startRulesRole } from './roles/rules-role.ts';

export interface ProgramOptions {
  readonly dataDir: string;
  readonly roles: readonly RoleName[];
  /** Shards that the rules of this process may fold; `null`: all. */
  readonly shards: readonly number[] | null;
  readonly cameras: readonly CameraConfig[];
  readonly model: Model | null;
  readonly detector: DetectorSettings;
  readonly evidence: EvidenceSettings;
  readonly review: Partial<ReviewSettings>;
  readonly roster: Partial<RosterSettings>;
  readonly cases: Partial<CaseSettings>;
  readonly auth: AuthConfig;
  readonly host: string;
  readonly port: number;
  readonly webDir: string | null;
  readonly demoPassword: string | null;
  /** Where this process serves its metrics besides the console's port; `null`: nowhere. */
  readonly metricsAddress: { readonly host: string; readonly port: number } | null;
  readonly passes: ClipPasses;
  readonly restart: 'forever' | 'until_end';
  readonly environment: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly onFirstLogin: ConsoleRoleOptions['onFirstLogin'];
  readonly onQueued: (candidate: CandidateFacts, url: string) => void;
  readonly onLost: (error: XunjieError) => void;
}

export interface Program {
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly embedded: readonly string[];
  /** Keys that this installation signs evidence with; `null` when no camera runs here. */
  readonly keyring: Keyring | null;
  readonly camera: CameraRole | null;
  /** `null` where no camera runs, or no model is installed. */
  readonly detector: Detector | null;
  readonly rules: RulesRole | null;
  readonly console: ConsoleRole | null;
  /** Cameras that run here. */
  readonly running: readonly string[];
  /** Clips that were read through in an earlier run. */
  readonly readBefore: readonly string[];
  finishClips(): Promise<void>;
}

/** The composition root: the one place that names every engine and hands them to the roles. What it opens goes on the closing stack. */
export async function assemble(options: ProgramOptions, closing: ClosingStack): Promise<Program> {
  const { roles, dataDir, logger, environment } = options;
  const engines = await startEngines({
    dataDir,
    needsDatabase: roles.includes('console'),
    environment,
    logger,
    onLost: options.onLost,
  });
  closing.push('engines', () => engines.stop());
  const bus = await openNatsBus({ url: engines.natsUrl, name: `xunjie ${roles.join(',')}`, logger });
  closing.push('bus', () => bus.close());
  const blobs = await openBlobs(environment, dataDir);
  closing.push('blobs', () => blobs.close());

  const keys = openKeyring(path.join(dataDir, 'keys'));
  const scenes = await bus.openKeyValue<Scene>('scenes');
  for (const { id, scene } of options.cameras) await putIfChanged(scenes, id, scene);

  const metrics = openMetrics();
  closing.push('metrics', () => metrics.close());
  const metricsToken = environment['METRICS_TOKEN'] || null;

  const rules = roles.includes('rules')
    ? await startRulesRole({ bus, logger, ...(options.shards !== null && { shards: options.shards }) })
    : null;
  if (rules) {
    closing.push('rules', () => rules.stop());
    metrics.setRules(() => rules.figures());
  }

  const console =
    engines.databaseUrl !== null
      ? await startConsoleRole({
          ...options,
          auth: withProviderSecret(options.auth, environment),
          databaseUrl: engines.databaseUrl,
          appDatabaseUrl: environment['DATABASE_APP_URL'] || null,
          bus,
          blobs,
          metrics,
          metricsToken,
          fieldKeys: await loadOrCreateFieldKeys(
            options.evidence.plateKeyFile ?? path.join(dataDir, 'keys/plates.json'),
          ),
          // Whose keys they must be is known only where this machine holds those of the cameras.
          verifyPackage: (manifestHash) => verifyStoredPackage(blobs, manifestHash),
          signCustody: async (bytes) => toSignature(await keys.current(), bytes),
          reminderGateway: readReminderGateway(environment),
          integrationNetworks: readWords(environment['INTEGRATION_NETWORKS']),
          open311Origins: readWords(environment['OPEN311_ORIGINS']),
        })
      : null;
  if (console) closing.push('console', () => console.stop());

  const watched: WatchedCamera[] = [];
  const readBefore: string[] = [];
  let camera: CameraRole | null = null;
  let detector: Detector | null = null;
  let keyring: Keyring | null = null;
  if (roles.includes('camera')) {
    detector = await openModel(options, closing);
    const opened = detector;
    if (opened !== null) metrics.setDetector(() => opened.stats());
    const modelEyes = new Map<string, ModelEyes>();
    const findEyes = toFindEyes(detector, modelEyes, path.join(dataDir, 'backgrounds'), logger);
    for (const config of options.cameras) {
      const source = await toSource(config, options.passes, bus);
      if (source === null) readBefore.push(config.id);
      else watched.push({ config, source, eyes: await findEyes(config) });
    }
    const sceneChanges = await scenes.watch((id, scene) => {
      if (scene) modelEyes.get(id)?.setScene(scene);
    });
    closing.push('scene changes', () => sceneChanges.stop());
    keyring = keys;
    await keyring.current(); // a key that is none is told now, not with the first candidate
    camera = await startCameraRole({
      cameras: watched,
      bus,
      blobs,
      keyring,
      retentionMs: options.evidence.retentionDays * dayMs,
      ringDir: path.join(dataDir, 'ring'),
      viewDir: path.join(dataDir, 'views'),
      restart: options.restart,
      logger,
    });
    closing.push('cameras', () => camera?.stop());
    const own = camera;
    if (console === null) metrics.setCameras(() => own.listHealth()); // a console hears of these and all others
  }
  if (options.metricsAddress !== null) {
    const server = await openMetricsServer({ ...options.metricsAddress, metrics, token: metricsToken });
    closing.push('metrics listener', () => server.close());
    logger.info({ host: options.metricsAddress.host, port: server.port }, 'metrics are served');
  }
  const running = watched.map(({ config }) => config.id);
  return {
    bus,
    blobs,
    embedded: engines.embedded,
    keyring,
    camera,
    detector,
    rules,
    console,
    running,
    readBefore,
    finishClips: () => options.passes.finish(running),
  };
}

function readReminderGateway(environment: NodeJS.ProcessEnv): ConsoleRoleOptions['reminderGateway'] {
  const url = environment['REMINDER_URL'];
  return url ? { url, token: environment['REMINDER_TOKEN'] || null } : null;
}

/** S3 when `S3_ENDPOINT` names it, else a folder. Never half of both. */
export async function openBlobs(environment: NodeJS.ProcessEnv, dataDir: string): Promise<BlobStore> {
  const endpoint = environment['S3_ENDPOINT'];
  if (!endpoint) return openFolderBlobStore(path.join(dataDir, 'blobs'));
  const [bucket, accessKey, secretKey] = ['S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'].map((name) => {
    const value = environment[name];
    if (!value) throw new XunjieError('bad_config', `S3_ENDPOINT is set, but ${name} is not`);
    return value;
  }) as [string, string, string];
  const region = environment['S3_REGION'];
  return openS3BlobStore({ endpoint, bucket, accessKey, secretKey, ...(region && { region }) });
}

async function putIfChanged(
  scenes: {
    get(key: string): Promise<{ value: Scene } | null>;
    put(key: string, scene: Scene): Promise<void>;
  },
  id: string,
  scene: Scene,
): Promise<void> {
  const known = await scenes.get(id);
  if (JSON.stringify(known?.value) !== JSON.stringify(scene)) await scenes.put(id, scene);
}

const dayMs = 86_400_000;

/** Between two readings of one clip: longer than a stay survives unseen while pictures come. */
const betweenPassesMs = 60_000;

/** `null`: a clip that was read through before. */
async function toSource(config: CameraConfig, passes: ClipPasses, bus: Bus): Promise<CameraSource | null> {
  const { source } = config;
  if (config.finished) return null;
  if (source.kind === 'rtsp' || source.kind === 'http') return source;
  // Stills carry their own times; what is in the log already is passed over.
  if (source.kind === 'stills') {
    const { finished } = await passes.open(config.id, source.path, 0);
    return finished ? null : source;
  }
  // A clip that is read faster than real time ends now: no capture time lies in the future. But a new pass begins after all that the log
  // has of this camera, or its first frames would be taken for known ones.
  const lengthMs = source.realTime ? 0 : ((await probeClip(source.path)).durationMs ?? 0);
  const newest = await bus.readLast<DetectionBatch>('detections', config.id);
  const afterLogMs = newest === null ? 0 : newest.payload.capturedAtMs + betweenPassesMs;
  const newStartMs = Math.max(Date.now() - Math.ceil(lengthMs), afterLogMs);
  const { startedAtMs, finished } = await passes.open(config.id, source.path, newStartMs);
  return finished ? null : { ...source, startedAtMs };
}

/** One detector for all cameras when there is a model. */
async function openModel(options: ProgramOptions, closing: ClosingStack): Promise<Detector | null> {
  const { model, logger } = options;
  if (!model) return null;
  const detector = await openDetector({ model, logger, ...options.detector });
  closing.push('detector', () => detector.close());
  return detector;
}

/** The detector, noted in `opened`, or recorded detections camera by camera when there is none. */
function toFindEyes(
  detector: Detector | null,
  opened: Map<string, ModelEyes>,
  memoryDir: string,
  logger: Logger,
): (camera: CameraConfig) => Promise<Eyes> {
  return async ({ id, scene, recordedDetectionsFile }) => {
    if (detector !== null) {
      const own = logger.child({ camera: id });
      const memory = await openObjectMemory(path.join(memoryDir, `${id}.json`), own);
      const eyes = openModelEyes(detector, scene, own, memory);
      opened.set(id, eyes);
      return eyes;
    }
    if (recordedDetectionsFile === null)
      throw new XunjieError(
        'model_missing',
        `camera ${id} has nothing to see with: no model is installed; ${howToAddModel}`,
      );
    return loadRecordedEyes(recordedDetectionsFile);
  };
}

/** Words between commas or spaces. */
function readWords(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter(Boolean);
}
