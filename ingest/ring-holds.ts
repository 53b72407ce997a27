import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { toMessage } from '../domain/mod.ts';
import type { Logger } from '../platform/mod.ts';

/** A stretch of capture time, milliseconds since the epoch; both ends the same: one frame. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Footage that must outlive the ring's age and size. `request`: an evidence request waits for it, it is kept whatever the ring's limits
 * say. `standing`: a stay that may become a request needs it; kept within `maxHeldBytes`, the longest stays first.
 */
export interface FootageHold {
  readonly id: string;
  readonly kind: 'request' | 'standing';
  readonly stretches: readonly Stretch[];
}

export interface FootageHolds {
  /** Takes the place of an earlier hold of this id. Resolves when it is on disk: it outlives a kill. */
  place(hold: FootageHold): Promise<void>;
  /** Nothing when there is no such hold. */
  release(id: string): Promise<void>;
  /** Exactly these are held as `standing` from now on. */
  replaceStanding(holds: readonly Omit<FootageHold, 'kind'>[]): Promise<void>;
  list(): readonly FootageHold[];
}

interface PlacedHold extends FootageHold {
  readonly placedAtMs: number;
}

export interface RingHolds extends FootageHolds {
  /** Lets go of what nobody asked for in so long: whoever placed it is gone. Returns their ids. */
  expire(nowMs: number, maxHoldMs: number): Promise<string[]>;
}

const holdsName = 'holds.json';

/** The holds on a ring, kept in its folder. What is there from before is held until somebody says otherwise. */
export async function openRingHolds(ringDir: string, logger: Logger): Promise<RingHolds> {
  const file = path.join(ringDir, holdsName);
  const holds = new Map<string, PlacedHold>();
  for (const hold of await readHolds(file, logger)) holds.set(hold.id, hold);
  let written = toText(holds);
  let writing: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const text = toText(holds);
    if (text === written) return;
    await mkdir(ringDir, { recursive: true });
    await writeFile(`${file}.part`, text);
    await rename(`${file}.part`, file);
    written = text;
  };
  /** One after the other; each writes all, so that a failed one is made up for by the next. */
  const save = (): Promise<void> => {
    const saving = writing.then(write);
    writing = saving.catch(() => {}); // reported to whoever asked for it
    return saving;
  };

  return {
    async place(hold) {
      const known = holds.get(hold.id);
      if (known?.kind !== hold.kind || !hasSameStretches(known, hold))
        holds.set(hold.id, { ...hold, placedAtMs: Date.now() });
      await save();
    },
    async release(id) {
      if (holds.delete(id)) await save();
    },
    async replaceStanding(standing) {
      const wanted = new Map(standing.map((hold) => [hold.id, hold]));
      for (const hold of holds.values())
        if (hold.kind === 'standing' && !wanted.has(hold.id)) holds.delete(hold.id);
      for (const hold of wanted.values()) {
        const known = holds.get(hold.id);
        if (known?.kind === 'request') continue; // it asks for more already
        if (known === undefined || !hasSameStretches(known, hold))
          holds.set(hold.id, { ...hold, kind: 'standing', placedAtMs: Date.now() });
      }
      await save();
    },
    list: () => [...holds.values()],
    async expire(nowMs, maxHoldMs) {
      const old = [...holds.values()].filter(({ placedAtMs }) => nowMs - placedAtMs > maxHoldMs);
      for (const { id } of old) holds.delete(id);
      if (old.length > 0) await save();
      return old.map(({ id }) => id);
    },
  };
}

function hasSameStretches(known: FootageHold, hold: Pick<FootageHold, 'stretches'>): boolean {
  return JSON.stringify(known.stretches) === JSON.stringify(hold.stretches);
}

function toText(holds: ReadonlyMap<string, PlacedHold>): string {
  return JSON.stringify({ v: 1, holds: [...holds.values()] });
}

async function readHolds(file: string, logger: Logger): Promise<PlacedHold[]> {
  try {
    return (JSON.parse(await readFile(file, 'utf8')) as { holds: PlacedHold[] }).holds;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      logger.error({ file }, `the holds on recordings cannot be read: ${toMessage(error)}`);
    return [];
  }
}
