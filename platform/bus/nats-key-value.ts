import { setTimeout } from 'node:timers/promises';
import { type KV, type KvEntry, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';
import type { KeyValue, KeyValueEntry } from './bus.ts';
import { refuseConflict } from './nats-conflict.ts';

const entriesAtOnce = 64;
const maxWaitMs = 5000;

/** Opens (or makes) a JetStream key-value bucket of JSON values; `maxAgeMs` 0 keeps them for ever. */
export async function openNatsKeyValue<T>(
  connection: NatsConnection,
  name: string,
  maxAgeMs: number,
  logger: Logger,
): Promise<KeyValue<T>> {
  const bucket: KV = await new Kvm(connection).create(name, { history: 1, ttl: maxAgeMs });
  const get = async (key: string): Promise<KeyValueEntry<T> | null> => {
    const entry = await bucket.get(key);
    return entry?.operation === 'PUT' ? toEntry<T>(entry) : null;
  };
  return {
    get,
    async put(key, value) {
      await bucket.put(key, JSON.stringify(value));
    },
    async replace(key, value, revision) {
      const text = JSON.stringify(value);
      const put = revision === null ? bucket.create(key, text) : bucket.update(key, text, revision);
      return {
        revision: await put.catch(refuseConflict(`${key} in ${name}`)),
        bytes: Buffer.byteLength(text),
      };
    },
    async delete(key) {
      await bucket.delete(key);
    },
    async entries() {
      const keys: string[] = [];
      for await (const key of await bucket.keys()) keys.push(key);
      const found: KeyValueEntry<T>[] = [];
      for (let i = 0; i < keys.length; i += entriesAtOnce) {
        const some = await Promise.all(keys.slice(i, i + entriesAtOnce).map(get));
        found.push(...some.filter((entry) => entry !== null));
      }
      return found;
    },
    async watch(handler) {
      const isEmpty = (await bucket.status()).values === 0;
      const iterator = await bucket.watch();
      let tellKnown: () => void = () => undefined;
      const known = new Promise<void>((resolve) => {
        tellKnown = resolve;
      });
      const running = (async () => {
        for await (const entry of iterator) {
          try {
            handler(
              entry.key,
              entry.operation === 'PUT' ? entry.json<T>() : null,
              Math.floor(entry.created.getTime()),
            );
          } catch (error) {
            logger.error(
              { bucket: name, key: entry.key, error: toMessage(error) },
              'a changed value could not be taken over',
            );
          }
          if (entry.isUpdate) tellKnown(); // set from the last that was there on
        }
      })();
      if (!isEmpty) await Promise.race([known, setTimeout(maxWaitMs, undefined, { ref: false })]); // what was there may have expired just now
      return {
        async stop() {
          iterator.stop();
          await running;
        },
      };
    },
  };
}

function toEntry<T>(entry: KvEntry): KeyValueEntry<T> {
  return {
    key: entry.key,
    get value() {
      return entry.json<T>();
    },
    revision: entry.revision,
    putAtMs: entry.created.getTime(),
  };
}
