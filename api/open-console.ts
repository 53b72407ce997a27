import type { FastifyInstance } from 'fastify';
import type {
  CameraHealth,
  CandidateEvent,
  CandidateState,
  EvidenceEvent,
  ViewAcceptance,
} from '../domain/mod.ts';
import { toZoneOffsetMs, XunjieError } from '../domain/mod.ts';
import type { BlobStore, FieldKeys, Logger, Metrics, TimeStampAuthority } from '../platform/mod.ts';
import { ensureKeepers, type FirstLogin } from './auth/accounts/ensure-keepers.ts';
import { type AuthSettings, defaultAuthSettings } from './auth/auth-settings.ts';
import { buildApp } from './build-app.ts';
import { addPublicHolidays } from './calendar/load-calendar.ts';
import { watchYears } from './calendar/watch-years.ts';
import { recordCameraHealth, upsertCamera } from './cameras/camera-store.ts';
import { listForReport, type ReportedCandidate } from './candidates/list-for-report.ts';
import { recordCandidateEvent } from './candidates/record-candidate-event.ts';
import { openReviewJobs } from './candidates/review-jobs.ts';
import { defaultReviewSettings, type ReviewSettings } from './candidates/review-settings.ts';
import { type CaseSettings, defaultCaseSettings } from './cases/case-settings.ts';
import { addDefaultStandards } from './cases/default-standards.ts';
import { runDueTimers } from './cases/run-timers.ts';
import type { ConsoleContext, SignCustody, VerifyPackage } from './context.ts';
import { createCustodyWriter } from './custody/custody-writer.ts';
import { sealEndedDays } from './custody/seal-days.ts';
import { toAppLogin, toGivenLogin } from './database/app-login.ts';
import { connectDatabase, connectForReads, parseDatabaseUrl } from './database/connect.ts';
import { checkAppRights, grantAppRights } from './database/grant-rights.ts';
import { migrateDatabase } from './database/migrate.ts';
import { seedDemo } from './demo/seed-demo.ts';
import { recordEvidenceEvent } from './evidence/record-evidence-event.ts';
import { defaultRetention, deleteDueEvidence, type RetentionPolicy } from './evidence/retention.ts';
import { stampDueEvidence } from './evidence/time-stamps.ts';
import { readVersion } from './http/version.ts';
import { keepAllTallies, keepZone } from './indicators/keep-tallies.ts';
import { createEnforcementGateways } from './integrations/enforcement/gateway.ts';
import { createEnforcementSpeaker } from './integrations/enforcement/hand-over.ts';
import { pollEnforcement } from './integrations/enforcement/poll-states.ts';
import { requireOrigins } from './integrations/open311/require-origins.ts';
import { openOutboxSender } from './integrations/outbox/outbox-sender.ts';
import { createAddressGuard } from './integrations/outgoing/address-guard.ts';
import { createLiveAnnouncer } from './live/announcer.ts';
import { addToRegistry } from './registries/add-to-registry.ts';
import type { ReminderGateway } from './reminders/reminder-gateway.ts';
import { type Repeating, startRepeating } from './repeat.ts';
import { defaultRosterSettings, type RosterSettings } from './roster/on-duty.ts';
import { countCandidates } from './summary/routes.ts';
import type { MaskPicture } from './tuning-set/mask-crop.ts';

/** How long requests under way may take to end when the console closes. */
const closePatienceMs = 3_000;
/** How late an escalation may be. */
const lateEscalationMs = 15_000;

export interface ConsoleOptions {
  /** The owner's, for migrations alone: `postgres://user:password@host:port/database`. */
  readonly databaseUrl: string;
  /** The login that the console runs with; default: one of its own is made on the same database. */
  readonly appDatabaseUrl?: string;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  /** The built single-page app, served at `/`; `null` for the API alone. */
  readonly webDir: string | null;
  /** Six digits that case numbers begin with; default 330381. */
  readonly areaCode?: string;
  /** Of deadlines, case numbers and all times in replies; default Asia/Shanghai. */
  readonly timeZone?: string;
  /** Keeps an accepted view where the camera's process finds it, and rejects when it cannot; default: refuses. */
  readonly onViewAccepted?: (camera: string, acceptance: ViewAcceptance) => Promise<void>;
  /** Signs roots and exports of the chain of custody; default: they stay unsigned. */
  readonly signCustody?: SignCustody;
  /** Checks a package where it is stored; default: the console cannot. */
  readonly verifyPackage?: VerifyPackage;
  /** Served at `/metrics`, to this machine's callers and to those who have the token; default: none. */
  readonly metrics?: Metrics;
  readonly metricsToken?: string | null;
  /** How long evidence is kept; default 30 days, of a case two years after its end. */
  readonly retention?: RetentionPolicy;
  /** How people and other systems come in. */
  readonly auth?: Partial<AuthSettings>;
  /** Times and shares of review that differ from the default. */
  readonly review?: Partial<ReviewSettings>;
  /** Whether only those on duty may act; default: everybody of a post may. */
  readonly roster?: Partial<RosterSettings>;
  /** How near cases must be to be one, where it differs from the default. */
  readonly cases?: Partial<CaseSettings>;
  /** Carries reminders out; default: none are sent. */
  readonly reminders?: ReminderGateway | null;
  /** Private networks (CIDR) that integrations may be in; default: none, only public addresses are spoken to. */
  readonly integrationNetworks?: readonly string[];
  /** Origins whose pages may read Open311, as `https://data.example.cn`, or `*`; default: none. */
  readonly open311Origins?: readonly string[];
  /** For the crops of the tuning set; default: none are made. */
  readonly maskPicture?: MaskPicture | null;
  /** Encrypt plates; default: none can be entered. */
  readonly fieldKeys?: FieldKeys;
  /** Says of sealed packages when they were there; default: nobody does. */
  readonly timeStampAuthority?: TimeStampAuthority;
  /** The clock, milliseconds since the epoch; default the machine's. */
  readonly nowMs?: () => number;
}

export interface Console {
  /** Ready but not listening. */
  readonly app: FastifyInstance;
  /** Idempotent, in any order. */
  recordCandidateEvent(event: CandidateEvent): Promise<void>;
  /** Idempotent; may come before the candidate it belongs to. */
  recordEvidenceEvent(event: EvidenceEvent): Promise<void>;
  recordCameraHealth(health: CameraHealth): Promise<void>;
  upsertCamera(camera: { readonly id: string; readonly name: string }): Promise<void>;
  /** Units and accounts of the demo, all with one password. Idempotent. */
  seedDemo(options: { readonly password: string }): Promise<void>;
  /** Makes the first administrators where there are none. Resolves to what must be told, once. */
  ensureKeepers(): Promise<FirstLogin[]>;
  /** Deletes evidence whose time is over; done every hour by itself. Resolves to the number of packages. */
  deleteDueEvidence(): Promise<number>;
  /** Looks which years the calendar does not know, for log and metrics; done every minute by itself. */
  checkCalendar(): Promise<void>;
  /** Adds to a registry (`grids`, `units`, ...) what a CSV or GeoJSON file has and it has not. Names file, line and field. */
  addToRegistry(name: string, file: { readonly name: string; readonly text: string }): Promise<void>;
  /** Does what is due by the clock: escalations, ends of suspensions. Any number of consoles may; each thing is done once. */
  runDueTimers(): Promise<number>;
  /** Adds ended cases to the tallies of the indicators; done every ten seconds by itself. Resolves to how many cases. */
  keepTallies(): Promise<number>;
  /** Runs what is due every so often until the console closes. What is due is in the database, not in this process. */
  startTimers(): void;
  /** Does now what is due in review (decisions past their undo window, reminders, limits); it happens by itself twice a second. */
  runReviewJobs(): Promise<void>;
  /** Sends now what is due in the outbox; it happens by itself every second. Resolves to the number of attempts. */
  sendOutbox(): Promise<number>;
  /** Asks enforcement systems now what has become of cases; it happens by itself every half a minute. Resolves to how many states. */
  pollEnforcement(): Promise<number>;
  countCandidates(): Promise<Record<CandidateState, number>>;
  listForReport(): Promise<ReportedCandidate[]>;
  close(): Promise<void>;
}

/**
 * Connects, migrates and builds the console. Rejects with `database_unreachable` naming host and port, `bad_config` for a
 * URL, area code or time zone that is none, `engine_failed` when the schema cannot be brought up to date.
 */
export async function openConsole(options: ConsoleOptions): Promise<Console> {
  const {
    logger,
    blobs,
    webDir,
    areaCode = '330381',
    timeZone = 'Asia/Shanghai',
    nowMs = Date.now,
    onViewAccepted = refuseAcceptance,
  } = options;
  checkSettings(areaCode, timeZone);
  const owner = parseDatabaseUrl(options.databaseUrl);
  const login =
    options.appDatabaseUrl === undefined
      ? toAppLogin(owner)
      : toGivenLogin(parseDatabaseUrl(options.appDatabaseUrl));
  await migrateDatabase(owner, logger);
  await grantAppRights(owner, login, logger);
  const databaseAddress = login.address;
  const db = connectDatabase(databaseAddress, logger);
  const reads = connectForReads(databaseAddress, logger);
  const context: ConsoleContext = {
    db,
    reads,
    databaseAddress,
    blobs,
    logger,
    areaCode,
    timeZone,
    version: readVersion(),
    onViewAccepted,
    signCustody: options.signCustody ?? null,
    fieldKeys: options.fieldKeys ?? null,
    custody: createCustodyWriter(db),
    live: createLiveAnnouncer(reads, logger),
    verifyPackage: options.verifyPackage ?? null,
    metrics: options.metrics ?? null,
    metricsToken: options.metricsToken ?? null,
    auth: { ...defaultAuthSettings, ...options.auth },
    review: { ...defaultReviewSettings, ...options.review },
    roster: { ...defaultRosterSettings, ...options.roster },
    cases: { ...defaultCaseSettings, ...options.cases },
    addressGuard: createAddressGuard(options.integrationNetworks ?? []),
    open311Origins: requireOrigins(options.open311Origins ?? []),
    enforcementGateways: createEnforcementGateways(),
    reminders: options.reminders ?? null,
    maskPicture: options.maskPicture ?? null,
    nowMs,
  };
  try {
    await checkAppRights(db, login);
    await addPublicHolidays(db);
    const years = watchYears(context);
    await years.look();
    context.metrics?.setCalendar(() => years.list());
    await addDefaultStandards(db);
    await keepZone(db, timeZone);
    const app = await buildApp(context, webDir);
    let timers: readonly Repeating[] | null = null;
    let isClosing = false;
    const retention = options.retention ?? defaultRetention;
    const { timeStampAuthority } = options;
    const { signCustody } = context;
    const repeated = [
      startRepeating(
        {
          name: 'sealed the custody entries of ended days',
          firstMs: 0,
          everyMs: 60_000,
          work: () => sealEndedDays(context),
        },
        logger,
      ),
      startRepeating(
        {
          name: 'deleted evidence whose time is over',
          firstMs: 60_000, // a console that has just started has more urgent things to do
          everyMs: 3_600_000,
          work: () => deleteDueEvidence(context, retention),
        },
        logger,
      ),
      startRepeating(
        {
          name: 'looked for years that the calendar does not know',
          firstMs: 60_000,
          everyMs: 60_000,
          work: () => years.look().then(() => 0),
        },
        logger,
      ),
      startRepeating(
        {
          name: 'added ended cases to the indicators',
          firstMs: 1_000,
          everyMs: 10_000,
          work: () => keepAllTallies(context, () => isClosing),
        },
        logger,
      ),
      ...(timeStampAuthority === undefined || signCustody === null
        ? []
        : [
            startRepeating(
              {
                name: 'time-stamped evidence',
                firstMs: 1_000,
                everyMs: 10_000,
                work: () => stampDueEvidence({ ...context, sign: signCustody }, timeStampAuthority),
              },
              logger,
            ),
          ]),
    ];
    const jobs = openReviewJobs(context);
    const outbox = openOutboxSender(context, {
      enforcement: createEnforcementSpeaker(context.enforcementGateways),
    });
    return {
      app,
      recordCandidateEvent: (event) => recordCandidateEvent(context, event),
      recordEvidenceEvent: (event) => recordEvidenceEvent(context, event),
      recordCameraHealth: (health) => recordCameraHealth(context, health),
      upsertCamera: (camera) => upsertCamera(context, camera),
      seedDemo: ({ password }) => seedDemo(context, password),
      ensureKeepers: () => ensureKeepers(context),
      deleteDueEvidence: () => deleteDueEvidence(context, retention),
      checkCalendar: () => years.look(),
      addToRegistry: (name, file) => addToRegistry(context, name, file),
      runDueTimers: () => runDueTimers(context),
      keepTallies: () => keepAllTallies(context, () => isClosing),
      startTimers: () => {
        timers ??= [
          startRepeating(
            {
              name: 'timers of cases that were due',
              firstMs: 0,
              everyMs: lateEscalationMs,
              work: () => runDueTimers(context),
            },
            logger,
          ),
          startRepeating(
            {
              name: 'took over states from enforcement systems',
              firstMs: 5_000,
              everyMs: 30_000,
              work: () => pollEnforcement(context),
            },
            logger,
          ),
        ];
      },
      runReviewJobs: () => jobs.run(),
      sendOutbox: () => outbox.run(),
      pollEnforcement: () => pollEnforcement(context),
      countCandidates: () => countCandidates(db, null),
      listForReport: () => listForReport(db),
      async close() {
        isClosing = true;
        // A browser may hold a connection on which it has asked nothing yet: such a one is not waited for.
        const patience = setTimeout(() => app.server.closeAllConnections(), closePatienceMs);
        try {
          await Promise.all((timers ?? []).map((one) => one.close()));
          await app.close();
        } finally {
          clearTimeout(patience);
          await Promise.all(repeated.map((one) => one.close()));
          await jobs.close();
          await outbox.close();
          await context.custody.close();
          await context.live.close();
          await Promise.all([db.destroy(), reads.destroy()]);
        }
      },
    };
  } catch (error) {
    await Promise.all([db.destroy(), reads.destroy()]);
    throw error;
  }
}

async function refuseAcceptance(camera: string): Promise<never> {
  throw new XunjieError('conflict', `no camera process can be told of ${camera}'s view from here`);
}

function checkSettings(areaCode: string, timeZone: string): void {
  if (!/^\d{6}$/.test(areaCode))
    throw new XunjieError('bad_config', `area code "${areaCode}" is not six digits (GB/T 2260)`);
  try {
    toZoneOffsetMs(0, timeZone);
  } catch (error) {
    throw new XunjieError('bad_config', `there is no time zone "${timeZone}"`, { cause: error });
  }
}
