import { createHash } from 'node:crypto';
import { type CandidateEvent, toMessage } from '../../../domain/mod.ts';
import type { KeyValue, Logger } from '../../../platform/mod.ts';
import { createPlaceState, type PlaceState, stepPlace } from '../../../rules/mod.ts';
import type { PlaceCheckpoint } from './checkpoint.ts';
import { replaceOwn } from './replace-own.ts';

interface Place {
  state: PlaceState;
  /** Events of detections up to here were judged and published in an earlier life. */
  readonly judgedSeq: number;
  revision: number | null;
  isDirty: boolean;
}

/** What is to be saved of a place, as it was at one moment. */
export interface PlaceSnapshot {
  readonly name: string;
  readonly seq: number;
  readonly state: PlaceState;
}

/** The places that this process judges. */
export interface PlaceTable {
  /** The event as it is to be published; `null`: it was judged and published before. */
  judge(event: CandidateEvent, seq: number, cooldownMs: number): CandidateEvent | null;
  /** What has changed in these places since it was saved. */
  take(names: Iterable<string>, seq: number): PlaceSnapshot[];
  /** Rejects when one could not be written: then nothing that builds on it may be. */
  save(snapshots: readonly PlaceSnapshot[]): Promise<void>;
  /** These were taken and could not be saved. */
  giveBack(snapshots: readonly PlaceSnapshot[]): void;
  countOverflowed(): number;
}

export async function openPlaceTable(options: {
  readonly table: KeyValue<PlaceCheckpoint>;
  readonly streamId: string;
  readonly by: string;
  readonly logger: Logger;
}): Promise<PlaceTable> {
  const { table, streamId, by, logger } = options;
  const places = new Map<string, Place>();
  for (const entry of await table.entries()) {
    try {
      const { v, place, seq, state, streamId: of } = entry.value;
      if (v !== 1 || state.v !== createPlaceState().v) throw new Error('it is of another version');
      const judgedSeq = of === streamId ? seq : 0;
      places.set(place, { state, judgedSeq, revision: entry.revision, isDirty: false });
    } catch (error) {
      logger.error(
        { key: entry.key, error: toMessage(error) },
        'what was known of a place cannot be read; its cameras may raise again what stands there',
      );
      await table.delete(entry.key);
    }
  }
  const open = (name: string): Place => {
    const known = places.get(name) ?? {
      state: createPlaceState(),
      judgedSeq: 0,
      revision: null,
      isDirty: false,
    };
    places.set(name, known);
    return known;
  };
  return {
    judge(event, seq, cooldownMs) {
      const { place: name } = event.candidate;
      if (name === null) return event;
      const place = open(name);
      if (seq <= place.judgedSeq) return null;
      const judged = stepPlace(place.state, event, cooldownMs);
      if (judged.state !== place.state) place.isDirty = true;
      place.state = judged.state;
      return judged.event;
    },
    take(names, seq) {
      return [...names].flatMap((name) => {
        const place = places.get(name);
        if (!place?.isDirty) return [];
        place.isDirty = false;
        return [{ name, seq, state: place.state }];
      });
    },
    async save(snapshots) {
      for (const { name, seq, state } of snapshots) {
        const place = open(name);
        const value: PlaceCheckpoint = { v: 1, place: name, streamId, seq, state, by };
        place.revision = (await replaceOwn(table, toKey(name), value, place.revision)).revision;
      }
    },
    giveBack(snapshots) {
      for (const { name } of snapshots) open(name).isDirty = true;
    },
    countOverflowed: () => [...places.values()].reduce((sum, { state }) => sum + state.overflowed, 0),
  };
}

/** Names of places are free text; keys are not. */
function toKey(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 32);
}
