import { type Static, Type } from 'typebox';
import { findSchemaIssues, formatPath } from '../../domain/mod.ts';
import { type Background, followEdges } from './background.ts';
import { toHueColumns } from './cells.ts';
import { maxCells, maxStanding, maxUnrest } from './settings.ts';
import type { Standing } from './standing.ts';
import type { SteadyView } from './steady-view.ts';

/** The numbers of all cells of the zones, or of the hues' coarser ones, base64. */
const Cells = Type.String({ maxLength: Math.ceil((2 * maxCells * 4) / 3) + 4 });
const Point = Type.Tuple([Type.Number(), Type.Number()]);
const StandingThing = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: maxStanding }),
  left: Type.Number(),
  top: Type.Number(),
  right: Type.Number(),
  bottom: Type.Number(),
  signature: Type.Array(Type.Integer({ minimum: 0 }), { maxItems: maxCells }),
  clarity: Type.Number({ minimum: 0 }),
  sinceMs: Type.Number(),
  hits: Type.Integer({ minimum: 0 }),
});

/** What a stationary detector knows, as plain data for a file: at most about 350 kB. */
export const StationaryMemory = Type.Object({
  v: Type.Literal(2),
  atMs: Type.Number({ description: 'Capture time of the newest sample in it' }),
  pixelWidth: Type.Integer({ description: 'Of the pictures, shrunk as they are looked at' }),
  pixelHeight: Type.Integer(),
  zones: Type.Array(Type.Array(Point)),
  view: Type.Object({
    at: Type.Array(Type.Integer({ minimum: -1 })),
    contrast: Type.Array(Type.Number()),
    usual: Type.Number({ minimum: 0, maximum: 1 }),
  }),
  slowX: Cells,
  slowY: Cells,
  fastX: Cells,
  fastY: Cells,
  stay: Cells,
  unrest: Cells,
  owner: Cells,
  hues: Type.Object({
    slowRed: Cells,
    slowBlue: Cells,
    slowGreen: Cells,
    fastRed: Cells,
    fastBlue: Cells,
    fastGreen: Cells,
    cover: Cells,
  }),
  standing: Type.Array(StandingThing, { maxItems: maxStanding }),
});
export type StationaryMemory = Static<typeof StationaryMemory>;

/** Reads what `readMemory` gave. Throws an error that says what is wrong. */
export function parseStationaryMemory(text: string): StationaryMemory {
  const value = JSON.parse(text) as unknown;
  const [issue] = findSchemaIssues(StationaryMemory, value);
  if (issue) throw new Error(`${formatPath(issue.path)}: ${issue.message}`);
  return value as StationaryMemory;
}

/** Older knowledge is not used: the sun has moved the shadows. */
export const maxMemoryAgeMs = 2 * 3_600_000;
/** A sample that was looked at but not published before a crash is looked at again. */
export const maxRereadMs = 60_000;

// Gradients and seconds have 16 bits, the others 8.
const gradientUnit = 1 / 4096;
const stayUnitS = 0.01;
const unrestUnit = maxUnrest / 255;
/** Beside the number of the thing that stands there. */
const seen = 0x80;

export function toMemory(
  background: Background,
  view: SteadyView,
  standing: readonly Standing[],
  atMs: number,
): StationaryMemory {
  const { field, isKnown, owner } = background;
  const cells = listCells(background);
  const gradients = (values: Float32Array): string => encode16(cells, values, gradientUnit);
  return {
    v: 2,
    atMs,
    pixelWidth: field.pixelWidth,
    pixelHeight: field.pixelHeight,
    zones: field.zones.map(({ polygon }) => polygon.map(([x, y]): [number, number] => [x, y])),
    view: view.toState(),
    slowX: gradients(background.slowX),
    slowY: gradients(background.slowY),
    fastX: gradients(background.fastX),
    fastY: gradients(background.fastY),
    stay: encode16(cells, background.stay, stayUnitS),
    unrest: encode8(cells, (i) => Math.round((background.unrest[i] as number) / unrestUnit)),
    owner: encode8(cells, (i) => (owner[i] as number) | (isKnown[i] === 1 ? seen : 0)),
    hues: toHueMemory(background),
    standing: standing.map(
      ({
        signature,
        share: _share,
        inView: _inView,
        missingSinceMs: _since,
        missingSamples: _missing,
        samples: _samples,
        ...one
      }) => ({
        ...one,
        signature: Array.from(signature),
      }),
    ),
  };
}

/**
 * Puts what was known into a fresh background and view; returns the things that stand, or `null`, nothing changed, when the memory is
 * not of these zones and pictures.
 */
export function restoreMemory(
  memory: StationaryMemory,
  background: Background,
  view: SteadyView,
): Standing[] | null {
  const { field } = background;
  if (memory.pixelWidth !== field.pixelWidth || memory.pixelHeight !== field.pixelHeight) return null;
  if (JSON.stringify(memory.zones) !== JSON.stringify(field.zones.map(({ polygon }) => polygon))) return null;
  const cells = listCells(background);
  const known = decode(memory, cells.length);
  const standing = readStanding(memory, field.columns * field.rows);
  const hueCells = listHueCells(background);
  const knownHues = decodeHues(memory, hueCells.length);
  if (known === null || knownHues === null || standing === null || !view.restore(memory.view)) return null;
  for (const [at, i] of cells.entries()) {
    for (const key of ['slowX', 'slowY', 'fastX', 'fastY'] as const)
      background[key][i] = known[key].readInt16LE(2 * at) * gradientUnit;
    background.stay[i] = known.stay.readInt16LE(2 * at) * stayUnitS;
    background.unrest[i] = (known.unrest[at] as number) * unrestUnit;
    const mark = known.owner[at] as number;
    const owner = mark & ~seen;
    background.isKnown[i] = mark >= seen ? 1 : 0;
    background.owner[i] = standing.some(({ id }) => id === owner) ? owner : 0;
  }
  for (const [at, i] of hueCells.entries())
    for (const key of hueKeys)
      background.hues[key][i] =
        knownHues[key].readInt16LE(2 * at) * (key === 'cover' ? stayUnitS : gradientUnit);
  for (let row = 1; row < field.rows - 1; row++) followEdges(background, row);
  return standing;
}

/** Indices of the cells that belong to a zone. */
function listCells({ field }: Background): number[] {
  const cells: number[] = [];
  for (let i = 0; i < field.zoneOf.length; i++) if (field.zoneOf[i] !== 0) cells.push(i);
  return cells;
}

/** The same of the coarser grid. */
function listHueCells({ field }: Background): number[] {
  const columns = toHueColumns(field);
  const cells: number[] = [];
  for (let row = 0; row < field.rows; row += 2)
    for (let column = 0; column < field.columns; column += 2)
      if (field.zoneOf[row * field.columns + column] !== 0) cells.push((row >> 1) * columns + (column >> 1));
  return cells;
}

const hueKeys = ['slowRed', 'slowBlue', 'slowGreen', 'fastRed', 'fastBlue', 'fastGreen', 'cover'] as const;
type HueKey = (typeof hueKeys)[number];

function toHueMemory(background: Background): StationaryMemory['hues'] {
  const cells = listHueCells(background);
  const encode = (key: HueKey): string =>
    encode16(cells, background.hues[key], key === 'cover' ? stayUnitS : gradientUnit);
  return {
    slowRed: encode('slowRed'),
    slowBlue: encode('slowBlue'),
    slowGreen: encode('slowGreen'),
    fastRed: encode('fastRed'),
    fastBlue: encode('fastBlue'),
    fastGreen: encode('fastGreen'),
    cover: encode('cover'),
  };
}

function decodeHues({ hues }: StationaryMemory, cells: number): Readonly<Record<HueKey, Buffer>> | null {
  const found = hueKeys.map((key) => [key, Buffer.from(hues[key], 'base64')] as const);
  if (found.some(([, bytes]) => bytes.length !== 2 * cells)) return null;
  return Object.fromEntries(found) as Record<HueKey, Buffer>;
}

function encode16(cells: readonly number[], values: Float32Array, unit: number): string {
  const bytes = Buffer.alloc(2 * cells.length);
  for (const [at, i] of cells.entries())
    bytes.writeInt16LE(Math.min(32_767, Math.max(-32_768, Math.round((values[i] as number) / unit))), 2 * at);
  return bytes.toString('base64');
}

function encode8(cells: readonly number[], read: (i: number) => number): string {
  return Buffer.from(cells.map((i) => Math.min(255, read(i)))).toString('base64');
}

const wide = ['slowX', 'slowY', 'fastX', 'fastY', 'stay'] as const;
const narrow = ['unrest', 'owner'] as const;
type Decoded = Readonly<Record<(typeof wide)[number] | (typeof narrow)[number], Buffer>>;

function decode(memory: StationaryMemory, cells: number): Decoded | null {
  const found: Partial<Record<keyof Decoded, Buffer>> = {};
  for (const key of [...wide, ...narrow]) {
    const bytes = Buffer.from(memory[key], 'base64');
    if (bytes.length !== cells * (key === 'unrest' || key === 'owner' ? 1 : 2)) return null;
    found[key] = bytes;
  }
  return found as Decoded;
}

function readStanding(memory: StationaryMemory, size: number): Standing[] | null {
  const standing: Standing[] = [];
  for (const { signature, ...one } of memory.standing) {
    if (!signature.every((i) => i < size)) return null;
    // Whether it is still there is for the first samples to say.
    const unasked = { share: 1, inView: 1, missingSinceMs: null, missingSamples: 0, samples: 0 };
    standing.push({ ...one, ...unasked, signature: Int32Array.from(signature) });
  }
  return standing;
}

/** Whether what was known then can be of use for a picture taken at that time. */
export function isOfUse({ atMs }: StationaryMemory, capturedAtMs: number): boolean {
  return capturedAtMs - atMs <= maxMemoryAgeMs && atMs - capturedAtMs <= maxRereadMs;
}
