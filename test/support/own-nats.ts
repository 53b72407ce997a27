import { rm } from 'node:fs/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, nanos } from '@nats-io/transport-node';
import { expect, onTestFinished } from 'vitest';
import type { StreamName } from '../../domain/mod.ts';
import { type Bus, createLogger, openNatsBus, startEmbeddedNats } from '../../platform/mod.ts';
import { makeTempDir } from './temp-dir.ts';

export interface OwnNats {
  readonly url: string;
  readonly bus: Bus;
  /** All of a stream, in order. */
  readAll<T>(stream: StreamName): Promise<{ seq: number; camera: string; payload: T }[]>;
  /** Puts text into a table as it is, JSON or not. */
  putText(table: string, key: string, text: string): Promise<void>;
  /** As if this much of the stream had expired. */
  dropBefore(stream: StreamName, seq: number): Promise<void>;
  /** From now on the stream forgets message ids at once. */
  forgetIds(stream: StreamName): Promise<void>;
}

/** A real nats-server of the test's own, stopped when the test is over. */
export async function openOwnNats(purpose: string): Promise<OwnNats> {
  const logger = createLogger('silent');
  const dir = await makeTempDir(purpose);
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const engine = await startEmbeddedNats({ dir, logger });
  onTestFinished(() => engine.stop());
  const bus = await openNatsBus({ url: engine.url, name: 'test', logger });
  onTestFinished(() => bus.close());
  const { host, username: user, password: pass } = new URL(engine.url);
  const raw = await connect({ servers: host, user, pass });
  onTestFinished(() => raw.close());
  const manager = await jetstreamManager(raw);
  return {
    url: engine.url,
    bus,
    async readAll<T>(stream: StreamName) {
      const { lastSeq } = await bus.readBounds(stream);
      const found: { seq: number; camera: string; payload: T }[] = [];
      if (lastSeq === 0) return found;
      const reading = await bus.follow<T>(stream, 'all', 0, async ({ seq, camera, payload }) => {
        found.push({ seq, camera, payload });
      });
      await expect.poll(() => found.at(-1)?.seq, { timeout: 60_000 }).toBe(lastSeq);
      await reading.stop();
      return found;
    },
    async putText(table, key, text) {
      await (await new Kvm(raw).open(table)).put(key, text);
    },
    async dropBefore(stream, seq) {
      await manager.streams.purge(stream, { seq });
    },
    async forgetIds(stream) {
      await manager.streams.update(stream, { duplicate_window: nanos(100) });
    },
  };
}
