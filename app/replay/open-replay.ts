import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseDuration, XunjieError } from '../../domain/mod.ts';
import { type ClosingStack, type Logger, openNatsBus } from '../../platform/mod.ts';
import { defaultTimeZone, isTimeZone } from '../config/camera-entry.ts';
import { type DataEngines, openDataEngines } from './data-engines.ts';
import type { LogPart } from './detection-log.ts';
import type { LogPlace } from './log-place.ts';
import { listScenes, openScenes, type SceneSet } from './open-scenes.ts';
import { parseTime } from './parse-time.ts';
import { readCurrentScenes } from './stream-log.ts';

/** What replay, sweep and export are told about the log. */
export interface LogOptions {
  /** File or folder; without it the bus's own log is read. */
  readonly log?: string;
  readonly from?: string;
  readonly to?: string;
  readonly camera: readonly string[];
  readonly start?: string;
  readonly sort?: string;
  readonly timeZone?: string;
  readonly data: string;
}

/** A log found for a command, and what else that command may need. */
export interface OpenedLog {
  readonly place: LogPlace;
  /** The scenes that the program works by. */
  readCurrentScenes(): Promise<SceneSet>;
  readonly timeZone: string;
  readonly scenes: SceneSet;
  readonly engines: DataEngines;
}

/**
 * Opens recorded detections and the scenes to try on them: files, or what the bus keeps; a scene file or folder, or the scenes that the
 * program works by. Throws `bad_argument` and what reading them throws.
 */
export async function openReplay(
  options: LogOptions & { readonly scene?: string },
  context: { closing: ClosingStack; logger: Logger },
): Promise<OpenedLog> {
  const { closing, logger } = context;
  if (options.log === undefined && options.from === undefined && options.to === undefined)
    throw new XunjieError(
      'bad_argument',
      'which log? give --log FILE or FOLDER, or --from TIME (with --to) for what the program has recorded',
    );
  const engines = openDataEngines({
    dataDir: path.resolve(options.data),
    environment: process.env,
    logger,
    closing,
  });
  const findCurrent = (): Promise<SceneSet> => findCurrentScenes(options, engines, context);
  const scenes = options.scene === undefined ? await findCurrent() : await openScenes(options.scene);
  const timeZone = chooseTimeZone(options, scenes);
  const part = toPart(options, timeZone);
  const place: LogPlace =
    options.log === undefined
      ? { kind: 'stream', natsUrl: await engines.natsUrl(), part }
      : {
          kind: 'files',
          options: {
            ...part,
            where: options.log,
            startMs: parseOptionalTime(options.start, '--start', timeZone) ?? 0,
            sortMs: parseSort(options.sort),
          },
        };
  return { place, readCurrentScenes: findCurrent, timeZone, scenes, engines };
}

/** A log in files need not have a data folder beside it. */
async function findCurrentScenes(
  options: LogOptions,
  engines: DataEngines,
  { closing, logger }: { closing: ClosingStack; logger: Logger },
): Promise<SceneSet> {
  const hasBus = process.env['NATS_URL'] || existsSync(path.join(options.data, 'nats'));
  if (options.log !== undefined && !hasBus)
    throw new XunjieError(
      'bad_argument',
      `which scenes? give --scene FILE or FOLDER, or --data of a program that has some (${options.data} has none)`,
    );
  const bus = await openNatsBus({ url: await engines.natsUrl(), name: 'xunjie scenes', logger });
  closing.push('bus of the scenes', () => bus.close());
  return readCurrentScenes(bus);
}

export function toPart({ from, to, camera }: LogOptions, timeZone: string): LogPart {
  const fromMs = parseOptionalTime(from, '--from', timeZone);
  const toMs = parseOptionalTime(to, '--to', timeZone);
  if (fromMs !== null && toMs !== null && fromMs >= toMs)
    throw new XunjieError('bad_argument', `--from ${from} is not before --to ${to}`);
  return { fromMs, toMs, cameras: camera };
}

function parseOptionalTime(text: string | undefined, option: string, timeZone: string): number | null {
  return text === undefined ? null : parseTime(text, { option, timeZone, nowMs: Date.now() });
}

function parseSort(text: string | undefined): number {
  if (text === undefined) return 0;
  const ms = parseDuration(text);
  if (ms === null)
    throw new XunjieError('bad_argument', `--sort: "${text}" is no duration such as 10s or 5m`);
  return ms;
}

/** The asked one, else the scene's own, else the default. */
export function chooseTimeZone({ timeZone }: Pick<LogOptions, 'timeZone'>, scenes: SceneSet | null): string {
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new XunjieError('bad_argument', `--time-zone: "${timeZone}" is no time zone such as Asia/Shanghai`);
  const ofScene = (scenes === null ? [] : listScenes(scenes)).flatMap(({ rules }) =>
    rules.flatMap(({ schedule }) => schedule?.timeZone ?? []),
  );
  return timeZone ?? ofScene[0] ?? defaultTimeZone;
}
