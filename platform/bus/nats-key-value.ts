import { type KV, Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';
import type { KeyValue } from './bus.ts';

/** Opens (or makes) a JetStream key-value bucket of JSON values; `maxAgeMs` 0 keeps them for ever. */
export async function openNatsKeyValue<T>(
  connection: NatsConnection,
  name: string,
  maxAgeMs: number,
  logger: Logger,
): Promise<KeyValue<T>> {
  const bucket: KV = await new Kvm(connection).create(name, { history: 1, ttl: maxAgeMs });
  return {
    async get(key) {
      const entry = await bucket.get(key);
      if (entry?.operation !== 'PUT') return null;
      return { key, value: entry.json<T>(), revision: entry.revision };
    },
    async put(key, value) {
      await bucket.put(key, JSON.stringify(value));
    },
    async entries() {
      const keys: string[] = [];
      for await (const key of await bucket.keys()) keys.push(key);
      const found = await Promise.all(keys.map((key) => bucket.get(key)));
      return found.flatMap((entry) =>
        entry?.operation === 'PUT'
          ? [{ key: entry.key, value: entry.json<T>(), revision: entry.revision }]
          : [],
      );
    },
    async watch(handler) {
      const iterator = await bucket.watch();
      const running = (async () => {
        for await (const entry of iterator) {
          try {
            handler(entry.key, entry.operation === 'PUT' ? entry.json<T>() : null);
          } catch (error) {
            logger.error(
              { bucket: name, key: entry.key, error: toMessage(error) },
              'a changed value could not be taken over',
            );
          }
        }
      })();
      return {
        async stop() {
          iterator.stop();
          await running;
        },
      };
    },
  };
}
