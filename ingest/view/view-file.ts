import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage } from '../../domain/mod.ts';
import { type Logger, makeFolder } from '../../platform/mod.ts';
import { createEdgeMap, type EdgeMap } from './edge-map.ts';
import type { ReferenceView } from './reference-views.ts';
import type { UsualFacts } from './usual.ts';
import type { ViewMemory } from './view-check.ts';

/** What the file of a camera's view holds. */
export interface KeptView {
  readonly memory: ViewMemory;
  /** The newest acceptance of a view that was followed, milliseconds since the epoch; 0: none. */
  readonly acceptedAtMs: number;
}

interface FileBody {
  readonly v: 1;
  readonly acceptedAtMs: number;
  readonly usual: UsualFacts;
  readonly references: readonly {
    readonly width: number;
    readonly height: number;
    readonly light: number;
    readonly pictures: number;
    readonly usedAtMs: number;
    /** Base64 of signed bytes, 127 for a length of 1. */
    readonly along: string;
    readonly across: string;
  }[];
}

const unit = 127;
const mostSide = 512;

/** Reads a camera's view, about 25 kB a reference; `null` when there is none. A file that is no such is set aside and said so. */
export async function readViewFile(file: string, logger: Logger): Promise<KeptView | null> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.error(
        { file, error: toMessage(error) },
        'the reference view cannot be read; it is learned anew',
      );
    return null;
  });
  if (text === null) return null;
  try {
    return parseView(text);
  } catch (error) {
    await rename(file, `${file}.broken`).catch(() => undefined); // the log line below says what is lost
    logger.error(
      { file: `${file}.broken`, error: toMessage(error) },
      'the reference view is broken; it is set aside and learned anew',
    );
    return null;
  }
}

/** Writes the whole file beside the old one and moves it into place: a crash leaves one or the other. */
export async function writeViewFile(file: string, { memory, acceptedAtMs }: KeptView): Promise<void> {
  makeFolder(path.dirname(file));
  const body: FileBody = {
    v: 1,
    acceptedAtMs,
    usual: memory.usual,
    references: memory.references.map(({ map, light, pictures, usedAtMs }) => ({
      width: map.width,
      height: map.height,
      light,
      pictures,
      usedAtMs,
      along: encode(map.along),
      across: encode(map.across),
    })),
  };
  await writeFile(`${file}.part`, JSON.stringify(body));
  await rename(`${file}.part`, file);
}

function parseView(text: string): KeptView {
  const body = JSON.parse(text) as FileBody;
  if (body.v !== 1) throw new Error(`version ${String(body.v)} is not known`);
  const references = body.references.map((one): ReferenceView => {
    const { width, height, light, pictures, usedAtMs } = one;
    if (![width, height].every((side) => Number.isInteger(side) && side > 0 && side <= mostSide))
      throw new Error(`a map of ${width} x ${height}`);
    if (![light, pictures, usedAtMs].every(Number.isFinite)) throw new Error('a number is missing');
    const map = createEdgeMap(width, height);
    decode(one.along, map, 'along');
    decode(one.across, map, 'across');
    return { map, light, pictures, usedAtMs };
  });
  const { usual, acceptedAtMs } = body;
  const numbers = [...usual.sharpness, ...usual.shapedBlocks, usual.burntShare];
  if (numbers.length !== 5 || !numbers.every((one) => one === null || Number.isFinite(one)))
    throw new Error('what is usual is not five numbers');
  if (!Number.isFinite(acceptedAtMs)) throw new Error('no time of acceptance');
  return { memory: { references, usual }, acceptedAtMs };
}

function encode(values: Float32Array): string {
  const bytes = Buffer.alloc(values.length);
  for (let at = 0; at < bytes.length; at++) bytes.writeInt8(Math.round((values[at] as number) * unit), at);
  return bytes.toString('base64');
}

function decode(text: string, map: EdgeMap, part: 'along' | 'across'): void {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== map[part].length) throw new Error(`a map of ${bytes.length} values`);
  for (let at = 0; at < bytes.length; at++) map[part][at] = bytes.readInt8(at) / unit;
}
