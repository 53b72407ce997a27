import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import Type, { type Static } from 'typebox';
import {
  type Box,
  findSchemaIssues,
  formatPath,
  offences,
  type Polygon,
  toMessage,
  XunjieError,
} from '../../domain/mod.ts';
import { toCameraName } from '../commands/run-source.ts';

const Edge = Type.Number();
const Time = Type.Union([Type.Number(), Type.String(), Type.Null()]);
const TruthFile = Type.Object({
  camera: Type.Optional(Type.String()),
  clip: Type.Optional(Type.String()),
  durationS: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
  zones: Type.Optional(Type.Record(Type.String(), Type.Array(Type.Tuple([Edge, Edge])))),
  /** Vehicles at rest, by box. */
  parked: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.Optional(Type.String()),
        box: Type.Optional(Type.Tuple([Edge, Edge, Edge, Edge])),
        zone: Type.Optional(Type.String()),
        from: Type.Optional(Time),
        to: Type.Optional(Time),
      }),
    ),
  ),
  /** Offences, by zone. */
  expected: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.Optional(Type.String()),
        offence: Type.Enum([...offences]),
        zone: Type.Optional(Type.String()),
        class: Type.Optional(Type.String()),
        box: Type.Optional(Type.Tuple([Edge, Edge, Edge, Edge])),
        fromS: Type.Optional(Time),
        toS: Type.Optional(Time),
      }),
    ),
  ),
  /** Stays that reach the limit and must be held back, and why. */
  held: Type.Optional(
    Type.Array(
      Type.Object({
        id: Type.Optional(Type.String()),
        offence: Type.Enum([...offences]),
        zone: Type.Optional(Type.String()),
        class: Type.Optional(Type.String()),
        fromS: Type.Optional(Time),
        toS: Type.Optional(Time),
        reason: Type.String(),
      }),
    ),
  ),
});

/** Seconds of the clip (or since the camera's first sample), or an instant with its offset; `null`: before the begin, after the end. */
export type TruthTime = number | string | null;

export interface TruthEvent {
  readonly id: string;
  /** `null`: a parked vehicle, whatever offence the rules call it. */
  readonly offence: string | null;
  readonly zone: string | null;
  readonly class: string | null;
  readonly box: Box | null;
  readonly from: TruthTime;
  readonly to: TruthTime;
}

/** A stay that is no offence although it lasts. */
export interface HeldEvent extends TruthEvent {
  /** A suppression reason, `permitted` for example. */
  readonly reason: string;
}

/** What people marked in one camera's footage. */
export interface Truth {
  readonly file: string;
  /** As the file, its clip or its name says. */
  readonly camera: string;
  readonly zones: Readonly<Record<string, Polygon>>;
  readonly events: readonly TruthEvent[];
  readonly held: readonly HeldEvent[];
  /** Length of the clip; `null`: not told. */
  readonly durationS: number | null;
  /** Only vehicles were marked: other offences cannot be scored. */
  readonly isVehiclesOnly: boolean;
}

/** Reads a truth file, or all `*.truth.json` of a folder. Throws `file_not_found`, or `bad_dataset` with the file and the field. */
export async function readTruths(where: string): Promise<Truth[]> {
  const status = await stat(where).catch(() => null);
  if (status === null) throw new XunjieError('file_not_found', `${where}: no such truth file or folder`);
  if (!status.isDirectory()) return [await readTruth(where)];
  const names = (await readdir(where)).filter((name) => name.endsWith('.truth.json')).toSorted();
  if (names.length === 0) throw new XunjieError('file_not_found', `${where}: no *.truth.json in this folder`);
  return Promise.all(names.map((name) => readTruth(path.join(where, name))));
}

async function readTruth(file: string): Promise<Truth> {
  const value = parseJson(await readFile(file, 'utf8'), file);
  const [issue] = findSchemaIssues(TruthFile, value);
  if (issue)
    throw new XunjieError(
      'bad_dataset',
      `${file}: ${issue.path.length > 0 ? `${formatPath(issue.path)}: ` : ''}${issue.message}`,
    );
  const truth = value as Static<typeof TruthFile>;
  if (truth.parked === undefined && truth.expected === undefined)
    throw new XunjieError('bad_dataset', `${file}: has neither "parked" nor "expected"`);
  const zones = (truth.zones ?? {}) as Record<string, Polygon>;
  const [onlyZone, ...otherZones] = Object.keys(zones);
  const defaultZone = otherZones.length === 0 ? (onlyZone ?? null) : null;
  const parked = (truth.parked ?? []).map(
    (entry, index): TruthEvent => ({
      id: entry.id ?? `parked ${index + 1}`,
      offence: null,
      zone: entry.zone ?? defaultZone,
      class: null,
      box: entry.box ?? null,
      from: entry.from ?? null,
      to: entry.to ?? null,
    }),
  );
  const expected = (truth.expected ?? []).map(
    (entry, index): TruthEvent => ({
      id: entry.id ?? `${entry.offence} ${index + 1}`,
      offence: entry.offence,
      zone: entry.zone ?? defaultZone,
      class: entry.class ?? null,
      box: entry.box ?? null,
      from: entry.fromS ?? null,
      to: entry.toS ?? null,
    }),
  );
  const held = (truth.held ?? []).map(
    (entry, index): HeldEvent => ({
      id: entry.id ?? `held ${index + 1}`,
      offence: entry.offence,
      zone: entry.zone ?? defaultZone,
      class: entry.class ?? null,
      box: null,
      from: entry.fromS ?? null,
      to: entry.toS ?? null,
      reason: entry.reason,
    }),
  );
  return {
    file,
    camera:
      truth.camera ?? toCameraName(truth.clip ?? path.basename(file).replace(/\.truth\.json$/, '.clip')),
    zones,
    events: [...parked, ...expected],
    held,
    durationS: truth.durationS ?? null,
    isVehiclesOnly: truth.expected === undefined,
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new XunjieError('bad_dataset', `${file}: not JSON: ${toMessage(error)}`, { cause: error });
  }
}
