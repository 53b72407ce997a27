import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import Type, { type Static } from 'typebox';
import {
  type CameraSource,
  cameraIdPattern,
  durationPattern,
  type LiveStream,
  parseDuration,
  type SchemaIssue,
  type TlsPolicy,
} from '../../domain/mod.ts';
import { parseByteSize } from './byte-size.ts';
import { isCutByComment, readAddress, schemePattern } from './camera-address.ts';

const closed = { additionalProperties: false };

/** One camera of `xunjie.yaml`. */
export const CameraEntry = Type.Object(
  {
    id: Type.String({ pattern: cameraIdPattern, description: 'Name used in subjects, paths and links' }),
    name: Type.Optional(Type.String({ maxLength: 200, description: 'What people read; default: the id' })),
    source: Type.String({
      minLength: 1,
      description:
        'rtsp://, rtsps://, http:// or https:// URL, or the path of a video file or of a folder of stills (relative to this file)',
    }),
    evidenceSource: Type.Optional(
      Type.String({
        minLength: 1,
        description:
          "URL of the camera's main stream, when `source` is its sub-stream: recorded for evidence",
      }),
    ),
    transport: Type.Optional(Type.Enum(['tcp', 'udp'], { description: 'rtsp://: default tcp' })),
    tls: Type.Optional(
      Type.Object(
        {
          verify: Type.Optional(
            Type.Boolean({
              description:
                'Check the certificate; default: only when caFile is given, for cameras sign their own',
            }),
          ),
          caFile: Type.Optional(
            Type.String({ minLength: 1, description: "PEM: authorities, or the camera's own certificate" }),
          ),
        },
        closed,
      ),
    ),
    realTime: Type.Optional(
      Type.Boolean({ description: "Files: no faster than the clip's own clock; default false" }),
    ),
    times: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'Stills: CSV with file and time; default: times are in the names',
      }),
    ),
    timeZone: Type.Optional(
      Type.String({ description: 'Stills: zone of times without one; default Asia/Shanghai' }),
    ),
    recording: Type.Optional(
      Type.Object(
        {
          maxAge: Type.Optional(Type.String({ pattern: durationPattern, description: 'Default 30m' })),
          maxBytes: Type.Optional(
            Type.Union([Type.Integer({ minimum: 1 }), Type.String()], {
              description: 'Bytes, or such as 500MB or 2GiB; default 1GiB',
            }),
          ),
          dir: Type.Optional(
            Type.String({
              minLength: 1,
              description: "Default: the camera's folder in the data folder's ring/",
            }),
          ),
        },
        closed,
      ),
    ),
    scene: Type.String({ minLength: 1, description: 'Scene file (relative to this file)' }),
    recordedDetections: Type.Optional(
      Type.String({ description: 'Files: detections to use when no model is installed (JSON lines)' }),
    ),
  },
  closed,
);
export type CameraEntry = Static<typeof CameraEntry>;

/** A camera's source as configured; when a clip began is found out at its start. */
export type SourceConfig =
  | Exclude<CameraSource, { kind: 'file' }>
  | { readonly kind: 'file'; readonly path: string; readonly realTime: boolean };

/** How much of a live camera is kept. */
export interface RecordingConfig {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** `null`: in the data folder. */
  readonly dir: string | null;
}

export const defaultRecording: RecordingConfig = { maxAgeMs: 30 * 60_000, maxBytes: 1024 ** 3, dir: null };
export const defaultTimeZone = 'Asia/Shanghai';

const addressFields = ['source', 'evidenceSource'] as const;
const shortestRecordingMs = 60_000;

type Kind = 'rtsp' | 'rtsps' | 'http' | 'https' | 'path';

/**
 * What is wrong with an entry beyond its shape; paths are relative to the entry. `base`: folder of the configuration file;
 * `readComment`: what stands as a comment behind a field.
 */
export function findEntryIssues(
  entry: CameraEntry,
  base: string,
  readComment: (field: string) => string = () => '',
): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  const report = (field: string, message: string, ...deeper: string[]): void =>
    void issues.push({ path: [field, ...deeper], message });
  for (const field of addressFields) {
    const reading = readAddress(entry[field] ?? '');
    if (isCutByComment(entry[field] ?? '', readComment(field)))
      report(
        field,
        'ends at a #, which begins a comment in YAML where a space stands before it; put the address in quotes',
      );
    else if (reading.kind === 'bad') report(field, reading.problem);
  }
  if (issues.length > 0) return issues;

  const kind = toKind(entry.source);
  const isLive = kind !== 'path';
  const kinds = [kind, ...(entry.evidenceSource === undefined ? [] : [toKind(entry.evidenceSource)])];
  const isFolder = !isLive && isStills(entry, base);
  if (entry.evidenceSource !== undefined && (!isLive || toKind(entry.evidenceSource) === 'path'))
    report('evidenceSource', 'is for cameras whose source and main stream are both URLs');
  if (entry.transport !== undefined && !kinds.includes('rtsp') && !kinds.includes('rtsps'))
    report('transport', 'is for rtsp:// alone');
  if (entry.transport === 'udp' && kinds.includes('rtsps'))
    report('transport', 'rtsps:// comes over TCP: over UDP the pictures would not be encrypted');
  if (entry.tls !== undefined && !kinds.includes('rtsps') && !kinds.includes('https'))
    report('tls', 'is for rtsps:// and https:// alone');
  if (entry.tls?.verify === false && entry.tls.caFile !== undefined)
    report('tls', 'a caFile is of no use when the certificate is not checked', 'verify');
  if (entry.tls?.caFile !== undefined && !existsSync(path.resolve(base, entry.tls.caFile)))
    report('tls', `${entry.tls.caFile}: no such file`, 'caFile');
  if (entry.realTime === true && (isLive || isFolder)) report('realTime', 'is for video files alone');
  if (entry.times !== undefined && !isFolder) report('times', 'is for folders of stills alone');
  if (entry.timeZone !== undefined && !isFolder) report('timeZone', 'is for folders of stills alone');
  if (entry.timeZone !== undefined && !isTimeZone(entry.timeZone))
    report('timeZone', `"${entry.timeZone}" is no time zone such as Asia/Shanghai`);
  if (entry.recording !== undefined && !isLive) report('recording', 'is for live cameras alone');
  const { maxAge, maxBytes } = entry.recording ?? {};
  if (maxAge !== undefined && (parseDuration(maxAge) ?? 0) < shortestRecordingMs)
    report('recording', `"${maxAge}" is too short: evidence needs 1m at least`, 'maxAge');
  if (typeof maxBytes === 'string' && !(parseByteSize(maxBytes) ?? 0))
    report('recording', `"${maxBytes}" is no size such as 500MB or 2GiB`, 'maxBytes');
  return issues;
}

/** How the addresses of an entry without issues were understood, where that is not plain. */
export function findEntryNotes(entry: CameraEntry): SchemaIssue[] {
  return addressFields.flatMap((field) => {
    const reading = readAddress(entry[field] ?? '');
    return reading.kind === 'url' && reading.note !== null ? [{ path: [field], message: reading.note }] : [];
  });
}

/** The source of an entry that has no issues. `networks`: the only ones that cameras may be in. */
export function toSourceConfig(entry: CameraEntry, base: string, networks?: readonly string[]): SourceConfig {
  if (toKind(entry.source) !== 'path') {
    const main =
      entry.evidenceSource === undefined ? null : toLiveStream(entry.evidenceSource, entry, base, networks);
    return { ...toLiveStream(entry.source, entry, base, networks), ...(main !== null && { evidence: main }) };
  }
  const where = path.resolve(base, entry.source);
  if (!isStills(entry, base)) return { kind: 'file', path: where, realTime: entry.realTime ?? false };
  return {
    kind: 'stills',
    path: where,
    timesFile: entry.times === undefined ? null : path.resolve(base, entry.times),
    timeZone: entry.timeZone ?? defaultTimeZone,
  };
}

export function toRecording({ recording }: CameraEntry, base: string): RecordingConfig {
  const { maxAge, maxBytes, dir } = recording ?? {};
  return {
    maxAgeMs: (maxAge === undefined ? null : parseDuration(maxAge)) ?? defaultRecording.maxAgeMs,
    maxBytes: (maxBytes === undefined ? null : parseByteSize(String(maxBytes))) ?? defaultRecording.maxBytes,
    dir: dir === undefined ? null : path.resolve(base, dir),
  };
}

function toKind(source: string): Kind {
  return (schemePattern.exec(source)?.[1]?.toLowerCase() as Kind | undefined) ?? 'path';
}

/** The stream at a good address. */
export function toLiveStream(
  address: string,
  entry: Pick<CameraEntry, 'transport' | 'tls'>,
  base: string,
  networks?: readonly string[],
): LiveStream {
  const { caFile, verify } = entry.tls ?? {};
  const policy: TlsPolicy = {
    verify: verify ?? caFile !== undefined,
    caFile: caFile === undefined ? null : path.resolve(base, caFile),
  };
  const reading = readAddress(address);
  const url = reading.kind === 'url' ? reading.url : address;
  const kind = toKind(url);
  const tls = {
    ...(entry.tls !== undefined && kind.endsWith('s') && { tls: policy }),
    ...(networks !== undefined && { networks }),
  };
  if (kind === 'http' || kind === 'https') return { kind: 'http', url, ...tls };
  return { kind: 'rtsp', url, ...(entry.transport && { transport: entry.transport }), ...tls };
}

function isStills(entry: CameraEntry, base: string): boolean {
  const where = path.resolve(base, entry.source);
  return statSync(where, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

export function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
