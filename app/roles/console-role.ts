import type { AddressInfo } from 'node:net';
import {
  type CaseSettings,
  type Console,
  openConsole,
  openHttpReminderGateway,
  type ReviewSettings,
  type RosterSettings,
} from '../../api/mod.ts';
import {
  type CameraHealth,
  type CandidateEvent,
  type CandidateFacts,
  type EvidenceEvent,
  type EvidenceSignature,
  toMessage,
  type ViewAcceptance,
  XunjieError,
} from '../../domain/mod.ts';
import { maskPicture, type Verdict } from '../../evidence/mod.ts';
import {
  type BlobStore,
  type Bus,
  type FieldKeys,
  type Logger,
  type Metrics,
  openTimeStampAuthority,
  type Subscription,
  type TimeStampAuthority,
} from '../../platform/mod.ts';
import type { AuthConfig } from '../config/auth-entry.ts';
import type { EvidenceSettings } from '../config/evidence-settings.ts';
import { readCertificates } from '../config/read-certificates.ts';
import { layInTown } from '../demo/town-registries.ts';
import { createLatestHealth } from './latest-health.ts';

export const consoleWorkerName = 'console';

export interface ConsoleRoleOptions {
  readonly databaseUrl: string;
  /** Login that the console runs with; `null`: it makes its own. */
  readonly appDatabaseUrl: string | null;
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly webDir: string | null;
  readonly host: string;
  readonly port: number;
  readonly cameras: readonly { id: string; name: string }[];
  /** One password for the demo's accounts; `null` seeds none. */
  readonly demoPassword: string | null;
  /** Called once with each account that was made so that somebody can make the others. */
  readonly onFirstLogin: (login: { readonly username: string; readonly oneTimePassword: string }) => void;
  /** Called once for every candidate that reaches the queue while this process runs. */
  readonly onQueued: (candidate: CandidateFacts, url: string) => void;
  readonly metrics: Metrics;
  /** Checks a package where it is stored. */
  readonly verifyPackage: (manifestHash: string) => Promise<Verdict>;
  /** Signs the roots and exports of the chain of custody. */
  readonly signCustody: (bytes: Uint8Array) => Promise<EvidenceSignature>;
  readonly auth: AuthConfig;
  readonly evidence: EvidenceSettings;
  readonly review: Partial<ReviewSettings>;
  readonly roster: Partial<RosterSettings>;
  readonly cases: Partial<CaseSettings>;
  readonly fieldKeys: FieldKeys;
  /** What callers from other machines must present to read the metrics. */
  readonly metricsToken: string | null;
  /** Where reminders go; `null`: none are sent. */
  readonly reminderGateway: { readonly url: string; readonly token: string | null } | null;
  /** Private networks that integrations may be in. */
  readonly integrationNetworks: readonly string[];
  readonly open311Origins: readonly string[];
  readonly logger: Logger;
}

export interface ConsoleRole {
  readonly url: string;
  readonly console: Console;
  stop(): Promise<void>;
}

/** Keeps what the rules and the cameras say in PostgreSQL, and serves the console. */
export async function startConsoleRole(options: ConsoleRoleOptions): Promise<ConsoleRole> {
  const { bus, blobs, databaseUrl, appDatabaseUrl, logger, webDir, metrics, metricsToken, signCustody } =
    options;
  const { timeStamp } = options.evidence;
  const views = await bus.openKeyValue<ViewAcceptance>('views');
  const console = await openConsole({
    databaseUrl,
    ...(appDatabaseUrl !== null && { appDatabaseUrl }),
    blobs,
    logger,
    webDir,
    metrics,
    metricsToken,
    signCustody,
    auth: options.auth,
    retention: options.evidence,
    review: options.review,
    roster: options.roster,
    cases: options.cases,
    reminders: options.reminderGateway && openHttpReminderGateway(options.reminderGateway),
    maskPicture,
    integrationNetworks: options.integrationNetworks,
    open311Origins: options.open311Origins,
    fieldKeys: options.fieldKeys,
    ...(timeStamp !== null && { timeStampAuthority: await openAuthority(timeStamp) }),
    verifyPackage: options.verifyPackage,
    onViewAccepted: (camera, acceptance) => views.put(camera, acceptance),
  });
  const latest = createLatestHealth();
  metrics.setCameras(() => latest.list());
  const subscriptions: Subscription[] = [];
  /** Health reports on their way into the database, which stays open for them. */
  const recording = new Set<Promise<void>>();
  const stop = async (): Promise<void> => {
    await Promise.all(subscriptions.map((subscription) => subscription.stop()));
    await Promise.all(recording);
    await console.close();
  };
  try {
    for (const camera of options.cameras) await console.upsertCamera(camera);
    if (options.demoPassword !== null) {
      await console.seedDemo({ password: options.demoPassword });
      // What somebody has edited since may leave no room for the town's own; that is no reason not to start.
      await layInTown(console, options.cameras).catch((error: unknown) =>
        logger.warn({ error: toMessage(error) }, "the town's registries could not be laid in whole"),
      );
    }
    if (options.demoPassword === null)
      for (const login of await console.ensureKeepers()) options.onFirstLogin(login);
    console.startTimers();
    const url = await listen(console, options.host, options.port);
    const raised = new Map<string, CandidateFacts>();
    subscriptions.push(
      await bus.work<CandidateEvent>('candidates', consoleWorkerName, 'all', async ({ payload }) => {
        await console.recordCandidateEvent(payload);
        if (payload.type === 'raised') rememberBounded(raised, payload.candidate);
      }),
      await bus.work<EvidenceEvent>('evidence', consoleWorkerName, 'all', async ({ payload }) => {
        await console.recordEvidenceEvent(payload);
        const candidate = raised.get(payload.candidateId);
        if (payload.type === 'sealed' && candidate && raised.delete(payload.candidateId))
          options.onQueued(candidate, `${url}/review/${candidate.id}`);
      }),
      bus.followLive<CameraHealth>('health.*', (_subject, health) => {
        latest.note(health);
        const recorded: Promise<void> = console
          .recordCameraHealth(health)
          .catch((error: unknown) =>
            logger.warn(
              { camera: health.camera, error: toMessage(error) },
              'camera health could not be kept',
            ),
          )
          .finally(() => recording.delete(recorded));
        recording.add(recorded);
      }),
    );
    return { url, console, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openAuthority({
  url,
  caFile,
}: NonNullable<EvidenceSettings['timeStamp']>): Promise<TimeStampAuthority> {
  return openTimeStampAuthority({ url, ...(caFile !== null && { trusted: await readCertificates(caFile) }) });
}

async function listen(console: Console, host: string, port: number): Promise<string> {
  try {
    await console.app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EADDRINUSE')
      throw new XunjieError(
        'port_in_use',
        `port ${port} on ${host} is in use by another program; give another with --port`,
        { cause: error },
      );
    if (code === 'EACCES')
      throw new XunjieError(
        'port_in_use',
        `port ${port} on ${host} may not be used by this user; give another with --port`,
        { cause: error },
      );
    throw new XunjieError('bad_argument', `cannot listen on ${host}:${port}: ${toMessage(error)}`, {
      cause: error,
    });
  }
  const address = console.app.server.address() as AddressInfo;
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${name}:${address.port}`;
}

const maxRemembered = 10_000;

function rememberBounded(raised: Map<string, CandidateFacts>, candidate: CandidateFacts): void {
  raised.set(candidate.id, candidate);
  const [oldest] = raised.keys();
  if (raised.size > maxRemembered && oldest !== undefined) raised.delete(oldest);
}
