import { setTimeout } from 'node:timers/promises';
import { type CandidateEvent, type CandidateFacts, toMessage } from '../../domain/mod.ts';
import { listNeededFootage, toFirstClipStretch } from '../../evidence/mod.ts';
import type { FootageHold, FootageHolds } from '../../ingest/mod.ts';
import type { Bus, KeyValue, Logger } from '../../platform/mod.ts';
import { type RulesState, reviveRulesState } from '../../rules/mod.ts';
import type { Sealed } from './evidence-worker.ts';
import type { Checkpoint } from './rules/checkpoint.ts';

export interface FootageKeeperOptions {
  readonly camera: string;
  readonly holds: FootageHolds;
  readonly bus: Bus;
  readonly sealed: KeyValue<Sealed>;
  readonly logger: Logger;
  /** How often the stays that last are looked at; default 15 s. */
  readonly lookMs?: number;
  /** A stay's footage is held when it has lasted so long; the ring has what is younger. Default a minute. */
  readonly youngMs?: number;
}

/** Sees to it that a camera's ring keeps what its candidates' packages will be made of. */
export interface FootageKeeper {
  /** The request of this candidate is done with, sealed or not to be had. */
  settle(candidateId: string): Promise<void>;
  stop(): Promise<void>;
}

const defaultLookMs = 15_000;
const defaultYoungMs = 60_000;
/** After it was raised a stay still holds what it held, until the request for it has come this way. */
const raisedForMs = 600_000;
const maxSettled = 1000;
/** A request older than what holds live: whatever it needed is gone. */
const longAgoMs = 7 * 86_400_000;

export function toFootageKeeperName(camera: string): string {
  return `holds-${camera}`;
}

/**
 * A candidate that was raised holds exactly what its package shows until it is sealed. One that was opened holds its beginning. And
 * because the middle of a stay is chosen only when it is raised, possibly a day later, each stay that lasts holds all sightings that
 * may become it: the rules keep 16 at most, and their checkpoint tells which.
 */
export async function startFootageKeeper(options: FootageKeeperOptions): Promise<FootageKeeper> {
  const { camera, holds, bus, sealed, logger } = options;
  const checkpoints = await bus.openKeyValue<Checkpoint>('checkpoints');
  const opened = new Map<string, Omit<FootageHold, 'kind'>>();
  for (const hold of holds.list()) if (hold.id.startsWith('opened:')) opened.set(hold.id, hold);
  let stays: readonly Omit<FootageHold, 'kind'>[] = [];
  for (const hold of holds.list()) if (hold.id.startsWith('stay:')) stays = [...stays, hold];
  const settled = new Set<string>();

  const holdStanding = (): Promise<void> => holds.replaceStanding([...opened.values(), ...stays]);
  const forget = async (candidateId: string): Promise<void> => {
    if (opened.delete(`opened:${candidateId}`)) await holdStanding();
  };

  const working = await bus.work<CandidateEvent>(
    'candidates',
    toFootageKeeperName(camera),
    { camera },
    async ({ payload }) => {
      const { candidate } = payload;
      switch (payload.type) {
        case 'opened':
        case 'suppressed': // it may be raised yet, counted from later than when it was opened
          if (Date.now() - payload.atMs > longAgoMs) return;
          opened.set(`opened:${candidate.id}`, toOpenedHold(candidate));
          await holdStanding();
          return;
        case 'raised':
          if (
            !settled.has(candidate.id) &&
            Date.now() - payload.atMs < longAgoMs &&
            (await sealed.get(candidate.id)) === null
          )
            await holds.place({
              id: candidate.id,
              kind: 'request',
              stretches: listNeededFootage(candidate),
            });
          await forget(candidate.id);
          return;
        case 'ended':
          await forget(candidate.id);
          return;
        case 'updated':
          return;
      }
    },
  );

  const look = async (): Promise<void> => {
    const checkpoint = await checkpoints.get(camera);
    const state = checkpoint && reviveRulesState(checkpoint.value.state);
    if (state === null) return;
    stays = toStandingHolds(state, Date.now(), options.youngMs ?? defaultYoungMs);
    await holdStanding();
  };
  const stopping = new AbortController();
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        logger.warn(
          { error: toMessage(error) },
          'the footage of stays that last could not be held; tried again',
        ),
      );
      const waitMs = (options.lookMs ?? defaultLookMs) * (0.8 + 0.4 * Math.random());
      await setTimeout(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined); // aborted: the loop ends
    }
  })();

  return {
    async settle(candidateId) {
      settled.add(candidateId);
      const [oldest] = settled;
      if (settled.size > maxSettled && oldest !== undefined) settled.delete(oldest);
      await holds.release(candidateId);
    },
    async stop() {
      stopping.abort();
      await working.stop();
      await looking;
    },
  };
}

function toOpenedHold({ id, first }: CandidateFacts): Omit<FootageHold, 'kind'> {
  return { id: `opened:${id}`, stretches: [toFirstClipStretch(first)] };
}

/** What the stays of a checkpoint may need: the clip at the start, and each sighting that may become the middle. */
export function toStandingHolds(
  state: RulesState,
  nowMs: number,
  youngMs: number,
): Omit<FootageHold, 'kind'>[] {
  return state.presences
    .filter(
      (presence) =>
        presence.isConfirmed &&
        nowMs - presence.fromMs >= youngMs &&
        (presence.next !== null || presence.raisedAtMs === null || nowMs - presence.raisedAtMs < raisedForMs),
    )
    .map((presence) => ({ id: `stay:${presence.key}`, stretches: toStretches(presence) }));
}

/** Of a stay that is raised again and again, what its next round may show is held too. */
function toStretches({ first, tally, next }: RulesState['presences'][number]): FootageHold['stretches'] {
  return [{ first, tally }, ...(next === null ? [] : [next])].flatMap((count) => [
    toFirstClipStretch(count.first),
    ...count.tally.trail.sightings.slice(1).map(({ ptsMs }) => ({ fromMs: ptsMs, toMs: ptsMs })),
  ]);
}
