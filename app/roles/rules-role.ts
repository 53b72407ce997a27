import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { type Scene, shardCount, toMessage, toShard } from '../../domain/mod.ts';
import type { Bus, Logger, RulesFigures } from '../../platform/mod.ts';
import type { Checkpoint, PlaceCheckpoint } from './rules/checkpoint.ts';
import { createCounts, toFigures } from './rules/figures.ts';
import { type FoldGroup, openFoldGroup } from './rules/fold-group.ts';
import { toHomeShards } from './rules/home-shards.ts';
import { openSceneTable } from './rules/scene-table.ts';
import { holdShards, leaseMs, type ShardLease } from './rules/shard-leases.ts';
import { createGrowthWatch } from './rules/watch-growth.ts';

export interface RulesRoleOptions {
  readonly bus: Bus;
  readonly logger: Logger;
  /** Shards that this process may fold; default all. */
  readonly shards?: readonly number[];
  /** How often a camera's state is saved at most; default 2 s. */
  readonly saveEachMs?: number;
  /** How often leases are renewed and waited for; default 3 s. */
  readonly renewMs?: number;
}

export interface RulesRole {
  /** Every detection up to this number of the stream has been folded and its events published; 0 while a shard is not held. */
  readSeq(): number;
  figures(): RulesFigures;
  stop(): Promise<void>;
}

/** Shards that were gained together share a reader. */
interface Slot {
  readonly shards: Set<number>;
  group: FoldGroup | null;
}

const allShards = Array.from({ length: shardCount }, (_, shard) => shard);
const reopenMs = 1000;
const lookMs = 5000;
const looksPerReport = 12;

/**
 * Folds the detections of the shards that it can get. All that it knows lies on the bus: killed at any moment and started again, here or
 * elsewhere, it publishes exactly the events that one undisturbed process would have (docs/decisions/0009).
 */
export async function startRulesRole(options: RulesRoleOptions): Promise<RulesRole> {
  const { bus, logger, shards = allShards } = options;
  const by = randomUUID();
  const counts = createCounts();
  const slots: Slot[] = [];
  const listGroups = (): FoldGroup[] => slots.flatMap(({ group }) => group ?? []);
  let homes = new Map<string, number>();
  const scenes = await openSceneTable(await bus.openKeyValue<Scene>('scenes'), (camera, change) => {
    homes = toHomeShards(scenes.list());
    for (const group of listGroups()) {
      group.noteScene(camera, change);
      if (shards.length < shardCount) group.checkOwnership();
    }
  });
  homes = toHomeShards(scenes.list());
  const tables = {
    checkpoints: await bus.openKeyValue<Checkpoint>('checkpoints'),
    places: await bus.openKeyValue<PlaceCheckpoint>('places'),
    scenes,
  };
  const starts = await bus.openKeyValue<{ seq: number }>('rules');
  const isFirstStart = (await starts.get('start')) === null;

  const open = async (slot: Slot): Promise<void> => {
    const group = await openFoldGroup({
      ...options,
      tables,
      by,
      counts,
      isFirstStart,
      isOwn: (camera) => slot.shards.has(homes.get(camera) ?? toShard(camera)),
      onBroken(why) {
        logger.warn({ shards: slot.shards.size, why }, 'the rules stop and go on from what is saved');
        void reopen(slot);
      },
    });
    if (!slots.includes(slot)) return group.stop(false); // closed meanwhile
    slot.group = group;
    for (const [camera] of scenes.list()) {
      const change = scenes.get(camera);
      if (change !== null) group.noteScene(camera, change); // it may have changed while the group was opened
    }
    if (isFirstStart) await group.saveAll();
  };
  const reopen = async (slot: Slot): Promise<void> => {
    const { group } = slot;
    slot.group = null;
    await group?.stop(false);
    while (slots.includes(slot)) {
      await setTimeout(reopenMs);
      try {
        return await open(slot);
      } catch (error) {
        logger.error({ error: toMessage(error) }, 'the rules cannot go on yet; they try again');
      }
    }
  };
  const close = async (slot: Slot, isSaving: boolean): Promise<void> => {
    slots.splice(slots.indexOf(slot), 1);
    await slot.group?.stop(isSaving);
  };

  const leases = await holdShards({
    table: await bus.openKeyValue<ShardLease>('leases', { maxAgeMs: leaseMs }),
    shards,
    by,
    logger,
    ...(options.renewMs !== undefined && { renewMs: options.renewMs }),
    async onGained(gained) {
      const slot: Slot = { shards: new Set(gained), group: null };
      slots.push(slot);
      await open(slot);
    },
    async onLost(lost) {
      logger.warn({ lost }, 'another process folds these shards now');
      for (const slot of slots.filter((each) => lost.some((shard) => each.shards.has(shard)))) {
        await close(slot, false);
        const rest: Slot = {
          shards: new Set([...slot.shards].filter((shard) => !lost.includes(shard))),
          group: null,
        };
        if (rest.shards.size === 0) continue;
        slots.push(rest);
        await reopen(rest);
      }
    },
  });
  if (isFirstStart) await starts.put('start', { seq: (await bus.readBounds('detections')).lastSeq });

  const countHeld = (): number =>
    slots.reduce((sum, { shards: held, group }) => sum + (group === null ? 0 : held.size), 0);
  const readSeq = (): number =>
    countHeld() < shards.length ? 0 : Math.min(...listGroups().map((group) => group.readSeq()));
  let newestSeq = 0;
  const watchGrowth = createGrowthWatch(logger);
  const stopping = new AbortController();
  const looking = (async () => {
    for (let look = 0; ; look++) {
      const bounds = await bus.readBounds('detections').catch(() => null); // the bus says itself that it is gone
      newestSeq = bounds?.lastSeq ?? newestSeq;
      if (look % looksPerReport === 0) watchGrowth(listGroups().flatMap(({ folds }) => [...folds.values()]));
      await setTimeout(lookMs, undefined, { signal: stopping.signal });
    }
  })().catch(() => undefined); // aborted: the loop ends

  return {
    readSeq,
    figures() {
      const groups = listGroups();
      const lagMessages = Math.max(0, ...groups.map((group) => newestSeq - group.readSeq()));
      const oldestMs = Math.min(...groups.map((group) => group.readAtMs()));
      return toFigures(counts, groups, {
        shards: countHeld(),
        shardsWanted: shards.length,
        lagMessages,
        lagSeconds: lagMessages === 0 || oldestMs === 0 ? 0 : Math.max(0, Date.now() - oldestMs) / 1000,
      });
    },
    async stop() {
      stopping.abort();
      await looking;
      await Promise.all([...slots].map((slot) => close(slot, true)));
      await leases.stop();
      await scenes.stop();
    },
  };
}
