import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { toMessage, XunjieError } from '../../../domain/mod.ts';
import { isAlive, type KeyValue, type Logger, readStartTicks } from '../../../platform/mod.ts';

/** Who folds a shard. A holder on this machine whose process is gone is told at once; any other when its lease has run out. */
export interface ShardLease {
  readonly by: string;
  readonly host: string;
  readonly pid: number;
  readonly startTicks: string | null;
}

export interface ShardLeases {
  /** Gives back what is held, so that others need not wait for it to run out. */
  stop(): Promise<void>;
}

export interface ShardLeasesOptions {
  readonly table: KeyValue<ShardLease>;
  readonly shards: readonly number[];
  /** This process, whoever else runs under the same pid elsewhere or later. */
  readonly by: string;
  readonly logger: Logger;
  /** How often leases are renewed and waited for; default 3 s. */
  readonly renewMs?: number;
  onGained(shards: readonly number[]): Promise<void>;
  onLost(shards: readonly number[]): Promise<void>;
}

/** A lease that nobody renews is gone after this time: the table forgets it. */
export const leaseMs = 10_000;
const defaultRenewMs = 3000;

/**
 * Takes the shards that are free, renews them, and goes on trying for the others. Resolves after the first round. A lease only saves work:
 * two processes that both believe to hold a shard do no harm, for neither publishes nor saves over what the other has written.
 */
export async function holdShards(options: ShardLeasesOptions): Promise<ShardLeases> {
  const { table, shards, logger, by } = options;
  const mine: ShardLease = {
    by,
    host: readHost(),
    pid: process.pid,
    startTicks: readStartTicks(process.pid),
  };
  const held = new Map<number, number>();
  let reported = '';

  const take = async (shard: number): Promise<'held' | 'gained' | 'lost' | { readonly holder: string }> => {
    const key = toKey(shard);
    const known = held.get(shard);
    try {
      const { revision } = await table.replace(key, mine, known ?? null);
      held.set(shard, revision);
      return known === undefined ? 'gained' : 'held';
    } catch (error) {
      if (!(error instanceof XunjieError && error.code === 'conflict')) throw error;
    }
    const found = await table.get(key);
    if (found !== null && found.value.by !== by && isHolding(found.value, mine)) {
      if (held.delete(shard)) return 'lost';
      return { holder: `${found.value.host} (process ${found.value.pid})` };
    }
    const { revision } = await table.replace(key, mine, found?.revision ?? null);
    held.set(shard, revision);
    return known === undefined ? 'gained' : 'held';
  };
  const round = async (): Promise<void> => {
    const gained: number[] = [];
    const lost: number[] = [];
    const others = new Map<string, number[]>();
    await Promise.all(
      shards.map(async (shard) => {
        try {
          const result = await take(shard);
          if (result === 'gained') gained.push(shard);
          else if (result === 'lost') lost.push(shard);
          else if (result !== 'held')
            others.set(result.holder, [...(others.get(result.holder) ?? []), shard]);
        } catch (error) {
          logger.warn({ shard, error: toMessage(error) }, 'a shard lease could not be written; tried again');
        }
      }),
    );
    const report = JSON.stringify([...others]);
    if (report !== reported && others.size > 0)
      logger.warn(
        { heldBy: Object.fromEntries(others) },
        'shards are folded by another process; waiting for them',
      );
    reported = report;
    if (lost.length > 0) await options.onLost(lost.toSorted((a, b) => a - b));
    if (gained.length > 0) await options.onGained(gained.toSorted((a, b) => a - b));
  };

  await round();
  const stopping = new AbortController();
  const renewing = (async () => {
    for (;;) {
      await setTimeout(options.renewMs ?? defaultRenewMs, undefined, { signal: stopping.signal });
      await round().catch((error: unknown) =>
        logger.error(
          { error: toMessage(error) },
          'shards that were gained or lost could not be taken or left',
        ),
      );
    }
  })().catch(() => undefined); // aborted: the loop ends
  return {
    async stop() {
      stopping.abort();
      await renewing;
      await Promise.all([...held.keys()].map((shard) => table.delete(toKey(shard)))).catch((error: unknown) =>
        logger.warn({ error: toMessage(error) }, 'shard leases could not be given back; they run out'),
      );
    },
  };
}

function toKey(shard: number): string {
  return `rules.${shard}`;
}

function isHolding(holder: ShardLease, mine: ShardLease): boolean {
  if (holder.host !== mine.host) return true; // its lease runs out by itself
  return (
    isAlive(holder.pid) && (holder.startTicks === null || readStartTicks(holder.pid) === holder.startTicks)
  );
}

/** Machine and process-id space: in containers on one host the same pid is many processes. */
function readHost(): string {
  try {
    return `${hostname()}/${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}
