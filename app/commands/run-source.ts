import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type CameraSource, XunjieError } from '../../domain/mod.ts';
import { probeClip } from '../../ingest/mod.ts';
import { readAddress } from '../config/camera-address.ts';
import { defaultTimeZone, isTimeZone, toLiveStream } from '../config/camera-entry.ts';

export interface RunSourceOptions {
  /** Stills: CSV with the times. */
  readonly times?: string;
  readonly timeZone?: string;
  readonly transport?: 'tcp' | 'udp';
}

/** What `xunjie run` is given: a video file, a folder of stills or the URL of a stream. Throws when it is none of them. */
export async function toRunSource(what: string, options: RunSourceOptions): Promise<CameraSource> {
  const { times, timeZone, transport } = options;
  const reading = readAddress(what);
  if (reading.kind === 'bad') throw new XunjieError('bad_argument', reading.problem);
  const isUrl = reading.kind === 'url';
  const isFolder = !isUrl && ((await stat(what).catch(() => null))?.isDirectory() ?? false);
  for (const [name, value] of Object.entries({ '--times': times, '--time-zone': timeZone }))
    if (value !== undefined && !isFolder)
      throw new XunjieError('bad_argument', `${name} is for folders of stills; ${what} is none`);
  if (transport !== undefined && !/^rtsp:/i.test(what))
    throw new XunjieError('bad_argument', '--transport is for rtsp:// alone');
  if (timeZone !== undefined && !isTimeZone(timeZone))
    throw new XunjieError('bad_argument', `--time-zone: "${timeZone}" is no time zone such as Asia/Shanghai`);
  if (isUrl) return toLiveStream(what, transport === undefined ? {} : { transport }, '');
  if (isFolder)
    return {
      kind: 'stills',
      path: path.resolve(what),
      timesFile: times === undefined ? null : path.resolve(times),
      timeZone: timeZone ?? defaultTimeZone,
    };
  return { kind: 'file', path: path.resolve(what), realTime: false, startedAtMs: await toStartTime(what) };
}

/** Capture time of a clip's first frame: the container's own, else the file's time minus its length. Declared as unknown either way. */
async function toStartTime(clip: string): Promise<number> {
  const facts = await probeClip(clip);
  if (facts.creationTimeMs !== null) return facts.creationTimeMs;
  const { mtimeMs } = await stat(clip);
  return Math.round(mtimeMs - (facts.durationMs ?? 0));
}

/** A camera name from a file name or an address: `Kerb van (1).mp4` becomes `Kerb-van-1`. Never user or password. */
export function toCameraName(what: string): string {
  const reading = readAddress(what);
  const url = reading.kind === 'url' ? new URL(reading.url) : null;
  const plain = url !== null ? `${url.hostname}${url.pathname}` : path.parse(path.resolve(what)).name;
  const name = plain
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|-+$/g, '')
    .slice(0, 64);
  return name || 'clip';
}
