import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findProcesses } from '../lifecycle/process-identity.ts';
import { createLogger } from '../log/logger.ts';
import { type EmbeddedEngine, startEmbeddedNats } from '../mod.ts';
import type { Bus, BusMessage } from './bus.ts';
import { openNatsBus } from './nats-bus.ts';

const logger = createLogger('silent');
let dir: string;
let engine: EmbeddedEngine;
let bus: Bus;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-bus-'));
  engine = await startEmbeddedNats({ dir, logger });
  bus = await openNatsBus({ url: engine.url, name: 'test', logger });
});

afterAll(async () => {
  await bus?.close();
  await engine?.stop();
  await rm(dir, { recursive: true, force: true });
});

/** Collects messages until `count` have come. */
function collect<T>(count: number) {
  const seen: BusMessage<T>[] = [];
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const handler = async (message: BusMessage<T>): Promise<void> => {
    seen.push(message);
    if (seen.length >= count) done();
  };
  return { seen, all, handler };
}

test('the same message id is kept once, and a camera hears only its own', async () => {
  await bus.publish('evidence', 'cam-a', 'm1', { n: 1 });
  await bus.publish('evidence', 'cam-a', 'm1', { n: 1 });
  await bus.publish('evidence', 'cam-b', 'm2', { n: 2 });
  await bus.publish('evidence', 'cam-a', 'm3', { n: 3 });
  const { seen, all, handler } = collect<{ n: number }>(2);
  const subscription = await bus.follow('evidence', { camera: 'cam-a' }, 0, handler);
  await all;
  await subscription.stop();
  expect(seen.map((message) => message.payload.n)).toEqual([1, 3]);
  expect((await bus.readLast<{ n: number }>('evidence', 'cam-b'))?.payload).toEqual({ n: 2 });
  expect(await bus.readLast('evidence', 'cam-c')).toBeNull();
});

test('a follower starts after its own place and does not skip a message that failed', async () => {
  for (let n = 1; n <= 4; n++) await bus.publish('detections', 'cam-f', `f${n}`, { n });
  const last = await bus.readLastSeq('detections');
  const { seen, all, handler } = collect<{ n: number }>(2);
  let failures = 1;
  const subscription = await bus.follow<{ n: number }>(
    'detections',
    { camera: 'cam-f' },
    last - 2,
    async (message) => {
      if (failures-- > 0) throw new Error('not yet');
      await handler(message);
    },
  );
  await all;
  await subscription.stop();
  expect(seen.map((message) => message.payload.n)).toEqual([3, 4]);
});

test('a worker gets a message again after it failed, and goes on where it stopped', async () => {
  await bus.publish('candidates', 'cam-w', 'w1', { n: 1 });
  await bus.publish('candidates', 'cam-w', 'w2', { n: 2 });
  const first = collect<{ n: number }>(2);
  let failures = 1;
  const working = await bus.work<{ n: number }>('candidates', 'tester', 'all', async (message) => {
    if (message.payload.n === 1 && failures-- > 0) throw new Error('try again');
    await first.handler(message);
  });
  await first.all;
  await working.stop();
  expect(new Set(first.seen.map((message) => message.payload.n))).toEqual(new Set([1, 2]));

  await bus.publish('candidates', 'cam-w', 'w3', { n: 3 });
  const second = collect<{ n: number }>(1);
  const again = await bus.work<{ n: number }>('candidates', 'tester', 'all', second.handler);
  await second.all;
  await again.stop();
  expect(second.seen.map((message) => message.payload.n)).toEqual([3]);
});

test('a table tells what is there and every change', async () => {
  const table = await bus.openKeyValue<{ zone: string }>('scenes-test');
  await table.put('cam-a', { zone: 'one' });
  const heard: (string | undefined)[] = [];
  const watching = await table.watch((_key, value) => heard.push(value?.zone));
  expect(heard).toEqual(['one']);
  await table.put('cam-a', { zone: 'two' });
  await expect.poll(() => heard).toEqual(['one', 'two']);
  await watching.stop();
  expect((await table.get('cam-a'))?.value).toEqual({ zone: 'two' });
  expect(await table.get('cam-z')).toBeNull();
});

test('a nats-server that is killed comes back with its messages, and followers go on', async () => {
  await bus.publish('detections', 'cam-k', 'k1', { n: 1 });
  const { streamId } = await bus.readBounds('detections');
  const { seen, all, handler } = collect<{ n: number }>(2);
  const subscription = await bus.follow('detections', { camera: 'cam-k' }, 0, handler);
  const keepers = findProcesses('xunjie-keeper');
  const servers = findProcesses(`nats-server -c ${dir}`).filter((pid) => !keepers.includes(pid));
  expect(servers).toHaveLength(1);
  process.kill(servers[0] ?? 0, 'SIGKILL');
  await publishWhenBack('k2', { n: 2 });
  await all;
  await subscription.stop();
  expect(seen.map((message) => message.payload.n)).toEqual([1, 2]);
  expect(streamId).toMatch(/^[0-9a-f]{12}$/);
  const again = await openNatsBus({ url: engine.url, name: 'test', logger });
  expect((await again.readBounds('detections')).streamId).toBe(streamId);
  await again.close();
}, 60_000);

async function publishWhenBack(id: string, payload: unknown): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await bus.publish('detections', 'cam-k', id, payload);
      return;
    } catch (error) {
      if (attempt > 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

test('an unreachable server is named without its password', async () => {
  await expect(
    openNatsBus({ url: 'nats://u:secret-word@127.0.0.1:1', name: 'test', logger }),
  ).rejects.toThrow(/cannot reach NATS at 127\.0\.0\.1:1/);
  await expect(
    openNatsBus({ url: 'nats://u:secret-word@127.0.0.1:1', name: 'test', logger }),
  ).rejects.not.toThrow(/secret-word/);
});

test('a publisher who does not know the newest message of its camera is refused', async () => {
  const first = await bus.publish('candidates', 'cam-x', 'x1', { n: 1 }, { afterSeq: 0 });
  await expect(bus.publish('candidates', 'cam-x', 'x2', { n: 2 }, { afterSeq: 0 })).rejects.toMatchObject({
    code: 'conflict',
  });
  expect(await bus.publish('candidates', 'cam-x', 'x2', { n: 2 }, { afterSeq: first })).toBeGreaterThan(
    first,
  );
  const last = await bus.readLast<{ n: number }>('candidates', 'cam-x');
  expect(last).toMatchObject({ messageId: 'x2', payload: { n: 2 } });
  expect(Math.abs((last?.storedAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
});

test('the stream tells where it begins and what it held at a time', async () => {
  const before = await bus.readBounds('detections');
  const one = await bus.publish('detections', 'cam-t', 't1', { n: 1 });
  const storedAtMs = (await bus.readLast('detections', 'cam-t'))?.storedAtMs ?? 0;
  await expect.poll(() => Date.now()).toBeGreaterThan(storedAtMs);
  const two = await bus.publish('detections', 'cam-t', 't2', { n: 2 });
  expect(await bus.readBounds('detections')).toEqual({ ...before, firstSeq: 1, lastSeq: two });
  expect(await bus.findSeqAt('detections', storedAtMs)).toBe(one);
  expect(await bus.findSeqAt('detections', storedAtMs + 1)).toBe(two);
  expect(await bus.findSeqAt('detections', storedAtMs + 3_600_000)).toBe(two + 1);
  expect(await bus.findSeqAt('detections', 0)).toBe(1);
});

test('a value is replaced only by who knows it', async () => {
  const table = await bus.openKeyValue<{ n: number }>('replaced');
  const made = await table.replace('cam-a', { n: 1 }, null);
  expect(made.bytes).toBe(7);
  await expect(table.replace('cam-a', { n: 2 }, null)).rejects.toMatchObject({ code: 'conflict' });
  const changed = await table.replace('cam-a', { n: 2 }, made.revision);
  await expect(table.replace('cam-a', { n: 3 }, made.revision)).rejects.toMatchObject({ code: 'conflict' });
  expect(await table.get('cam-a')).toMatchObject({ value: { n: 2 }, revision: changed.revision });
  await table.delete('cam-a');
  expect(await table.get('cam-a')).toBeNull();
  expect(await table.entries()).toEqual([]);
  await table.replace('cam-a', { n: 4 }, null);
  expect((await table.get('cam-a'))?.value).toEqual({ n: 4 });
});
