import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Provider } from '../../detector/mod.ts';
import { formatDuration, toMessage, XunjieError } from '../../domain/mod.ts';
import {
  type ClosingStack,
  createClosingStack,
  createLogger,
  type Logger,
  type LogLevel,
  letHeapGrow,
  lockFolder,
} from '../../platform/mod.ts';
import { assemble, type Program } from '../assemble.ts';
import { openClipPasses } from '../clip-passes.ts';
import { mergeDetectorSettings } from '../config/detector-settings.ts';
import { toEvidenceSettings } from '../config/evidence-settings.ts';
import {
  defaultHost,
  defaultPort,
  loadProgramConfig,
  type ProgramConfig,
  parseRoles,
} from '../config/program-config.ts';
import { openDemoTown } from '../demo/demo-town.ts';
import { findModel, readAskedModel } from '../find-model.ts';
import { projectRoot } from '../project-root.ts';
import { writeReport } from '../report.ts';
import { parseShards } from '../roles/rules/parse-shards.ts';
import { settle } from '../settle.ts';
import { watchParent } from '../watch-parent.ts';

export interface StartOptions {
  readonly data: string;
  readonly config?: string;
  readonly roles: string;
  /** Such as `0-31`; without it all. */
  readonly shards?: string;
  readonly model?: string;
  readonly port?: number;
  readonly host?: string;
  readonly provider?: readonly Provider[];
  readonly workers?: number;
  readonly exitWhenDone: boolean;
  readonly again: boolean;
  /** With a configuration file too: make the demo's accounts, under a password that is printed. */
  readonly demoAccounts: boolean;
  readonly logLevel: LogLevel;
}

/** Runs the program until it is stopped, or until its clips are through. Returns the exit code. */
export async function start(options: StartOptions, print: (line: string) => void): Promise<number> {
  const logger = createLogger(options.logLevel);
  const closing = createClosingStack(logger);
  const stopping = listenForStop(logger);
  closing.push('signals', () => stopping.release());
  try {
    const dataDir = path.resolve(options.data);
    const lock = lockFolder(dataDir);
    closing.push('data folder', () => lock.release());
    const program = await launch(dataDir, options, {
      logger,
      closing,
      print,
      fail: (error) => stopping.fail(error),
    });
    return await runUntilDone(program, options, { stopping, print, logger });
  } finally {
    await closing.close();
  }
}

interface LaunchContext {
  readonly logger: Logger;
  readonly closing: ClosingStack;
  readonly print: (line: string) => void;
  readonly fail: (error: XunjieError) => void;
}

async function launch(dataDir: string, options: StartOptions, context: LaunchContext): Promise<Program> {
  const { logger, closing, print } = context;
  const roles = parseRoles(options.roles);
  if (roles.includes('camera')) letHeapGrow();
  const config: ProgramConfig | null =
    options.config === undefined ? null : await loadProgramConfig(options.config);
  for (const note of config?.notes ?? []) logger.warn({}, note);
  const asked = options.model ?? config?.modelFile ?? readAskedModel();
  const model = await findModel(asked, dataDir);
  const passes = await openClipPasses(dataDir, options.again);
  const cameras = config?.cameras ?? (await openDemoTown({ model, passes, logger, closing }));
  const demoPassword =
    (config === null || options.demoAccounts) && roles.includes('console')
      ? randomBytes(6).toString('base64url')
      : null;
  const webDir = path.join(projectRoot, 'dist/web');
  const program = await assemble(
    {
      dataDir,
      roles,
      shards: options.shards === undefined ? null : parseShards(options.shards, '--shards'),
      cameras,
      model,
      evidence: config?.evidence ?? toEvidenceSettings(),
      review: config?.review ?? {},
      roster: config?.roster ?? {},
      cases: config?.cases ?? {},
      auth: config?.auth ?? {},
      detector: mergeDetectorSettings(config?.detector ?? {}, options),
      host: options.host ?? config?.host ?? defaultHost,
      port: options.port ?? config?.port ?? defaultPort,
      webDir: existsSync(webDir) ? webDir : null,
      demoPassword,
      metricsAddress: config?.metricsAddress ?? null,
      passes,
      restart: options.exitWhenDone || config === null ? 'until_end' : 'forever',
      environment: process.env,
      logger,
      onFirstLogin: ({ username, oneTimePassword }) =>
        print(
          `First login, told this once: user ${username}, password ${oneTimePassword} (to be changed at once, good for 3 days)`,
        ),
      onQueued: (candidate, url) =>
        print(
          `${candidate.camera}  ${candidate.offence} in ${candidate.zone}: ${candidate.class}, ${formatDuration(candidate.dwellMs)} at rest  ${url}`,
        ),
      onLost: context.fail,
    },
    closing,
  );
  introduce(program, model?.ref.name ?? null, demoPassword, config === null, print);
  return program;
}

function introduce(
  program: Program,
  model: string | null,
  demoPassword: string | null,
  isDemo: boolean,
  print: (line: string) => void,
): void {
  print(
    `Xunjie 巡街: ${isDemo ? 'demo town, ' : ''}${program.running.length} cameras running${program.embedded.length > 0 ? `, own ${program.embedded.join(' and ')}` : ''}`,
  );
  if (model === null && program.running.length > 0)
    print('No model looks: detections recorded with the clips are used instead.');
  if (model !== null) print(`Model: ${describeModel(model, program)}`);
  for (const camera of program.readBefore)
    print(`${camera}: its clip was read through in an earlier run (--again reads it once more)`);
  if (!program.blobs.protection.objectLock) print(`Note: ${program.blobs.protection.explanation}`);
  if (program.console) print(`Console: ${program.console.url}`);
  if (demoPassword !== null)
    print(
      `Demo login until the next start: user demo, password ${demoPassword} (the same for reviewer-01, dispatcher-01, squad-01, ...)`,
    );
}

/** The model with what runs it, and why that is not what was asked for. */
function describeModel(model: string, { detector }: Program): string {
  if (detector === null) return model;
  const { provider, fallback } = detector.stats();
  return `${model} on ${provider}${fallback === null ? '' : ` (${fallback})`}`;
}

async function runUntilDone(
  program: Program,
  options: StartOptions,
  { stopping, print, logger }: { stopping: StopSignal; print: (line: string) => void; logger: Logger },
): Promise<number> {
  const through = watchClips(program, stopping.signal);
  if (!options.exitWhenDone) {
    through.catch((error: unknown) =>
      logger.warn({ error: toMessage(error) }, 'clips could not be marked as read through'),
    );
    return stopping.stopped;
  }
  if (!program.camera) throw new XunjieError('bad_argument', '--exit-when-done needs the camera role');
  const ended = await Promise.race([through.then(() => 'through' as const), stopping.stopped]);
  if (ended !== 'through') return interruptedCode; // stopped before anything could be said about the packages
  const report = await writeReport(program);
  for (const line of report.lines) print(line);
  return report.allVerified ? 0 : 1;
}

/** When every clip has been read and all that follows from it is filed, the clips are marked as read through. */
async function watchClips(program: Program, signal: AbortSignal): Promise<void> {
  if (!program.camera) return;
  await program.camera.done;
  if (signal.aborted) return;
  await settle(program, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  if (!signal.aborted) await program.finishClips();
}

interface StopSignal {
  /** Exit code, once somebody asked us to stop. Rejects when something broke that we cannot live without. */
  readonly stopped: Promise<number>;
  readonly signal: AbortSignal;
  fail(error: unknown): void;
  release(): void;
}

const interruptedCode = 130;

/** Asked twice: no more patience. The engines' keepers see the pipe close and stop them. */
function giveUp(): never {
  // oxlint-disable-next-line unicorn/no-process-exit -- the one way out that waits for nothing
  process.exit(interruptedCode);
}

function listenForStop(logger: Logger): StopSignal {
  const controller = new AbortController();
  let resolve: (code: number) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const stopped = new Promise<number>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  stopped.catch(() => undefined); // whoever waits for it hears it
  const stop = (): void => {
    if (controller.signal.aborted) return giveUp();
    controller.abort();
    resolve(0);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  const unwatch =
    process.env['npm_lifecycle_event'] === undefined
      ? () => undefined
      : watchParent(() => {
          logger.warn({}, 'npm has gone; stopping');
          stop();
        });
  return {
    stopped,
    signal: controller.signal,
    fail(error) {
      if (controller.signal.aborted) return;
      logger.error({ error: toMessage(error) }, 'cannot go on');
      controller.abort();
      reject(error);
    },
    release() {
      unwatch();
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, stop);
    },
  };
}
