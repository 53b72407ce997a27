import { setTimeout } from 'node:timers/promises';
import {
  type ConsumerMessages,
  DeliverPolicy,
  type JsMsg,
  jetstream,
  jetstreamManager,
} from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type StreamName, toMessage, toSubject, XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';
import { redact } from '../log/redact.ts';
import type { Bus, BusMessage, StreamPart, Subscription } from './bus.ts';
import { refuseConflict } from './nats-conflict.ts';
import { openNatsKeyValue } from './nats-key-value.ts';
import { toBusMessage, toStoredMessage } from './nats-message.ts';
import {
  ackWaitMs,
  ensureStreams,
  ensureWorker,
  findOrNull,
  findSeqAt,
  readStreamId,
  toFilter,
} from './nats-streams.ts';
import { readPast } from './read-past.ts';

export interface NatsBusOptions {
  /** nats://user:password@host:port, or several separated by commas. */
  readonly url: string;
  /** Shown by the server beside the connection. */
  readonly name: string;
  readonly logger: Logger;
}

const publishTimeoutMs = 10_000;
/** Asked for again this often: a server that came back without the consumer is noticed within as long. */
const followExpiresMs = 4000;
const retryDelaysMs = [1000, 5000, 15_000, 30_000];

/** Connects to NATS, makes the streams, and reconnects for ever once connected. Throws `bus_unreachable`. */
export async function openNatsBus(options: NatsBusOptions): Promise<Bus> {
  const { logger } = options;
  const connection = await connectOrExplain(options);
  const client = jetstream(connection, { timeout: publishTimeoutMs });
  const manager = await jetstreamManager(connection, { timeout: publishTimeoutMs });
  await ensureStreams(manager).catch((error: unknown) => {
    throw new XunjieError(
      'bus_unreachable',
      `NATS at ${redact(options.url)} refuses the streams (is JetStream on?): ${toMessage(error)}`,
      {
        cause: error,
      },
    );
  });

  return {
    async publish(stream, camera, messageId, payload, { afterSeq } = {}) {
      const published = client.publish(toSubject(stream, camera), JSON.stringify(payload), {
        msgID: messageId,
        retries: 3,
        ...(afterSeq !== undefined && { expect: { lastSubjectSequence: afterSeq } }),
      });
      return (await published.catch(refuseConflict(`${stream} of ${camera}`))).seq;
    },
    async readLast<T>(stream: StreamName, camera: string) {
      const found = await findOrNull(
        manager.streams.getMessage(stream, { last_by_subj: toSubject(stream, camera) }),
      );
      return found ? toStoredMessage<T>(found, camera) : null;
    },
    async readLastSeq(stream) {
      return (await manager.streams.info(stream)).state.last_seq;
    },
    async readBounds(stream) {
      const info = await manager.streams.info(stream);
      const { first_seq: firstSeq, last_seq: lastSeq } = info.state;
      return { streamId: readStreamId(info) ?? '', firstSeq, lastSeq };
    },
    findSeqAt: (stream, timeMs) => findSeqAt(manager, stream, timeMs),
    async follow<T>(
      stream: StreamName,
      part: StreamPart,
      afterSeq: number,
      handler: (message: BusMessage<T>) => Promise<void>,
    ) {
      const consumer = await client.consumers.get(stream, {
        filter_subjects: toFilter(stream, part),
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: afterSeq + 1,
      });
      const stopping = new AbortController();
      return runLoop(
        await consumer.consume({ max_messages: 200, expires: followExpiresMs }),
        stopping,
        (message) =>
          retryInPlace(
            () => handler(toBusMessage<T>(message)),
            stopping.signal,
            { stream, seq: message.seq },
            logger,
          ),
      );
    },
    async *readPast<T>(stream: StreamName, part: StreamPart, sinceMs: number | null) {
      for await (const piece of readPast(client, manager, stream, part, sinceMs))
        yield piece.map((message) => toBusMessage<T>(message));
    },
    async work<T>(
      stream: StreamName,
      name: string,
      part: StreamPart,
      handler: (message: BusMessage<T>) => Promise<void>,
    ) {
      await ensureWorker(manager, stream, name, part);
      const consumer = await client.consumers.get(stream, name);
      return runLoop(await consumer.consume({ max_messages: 1 }), new AbortController(), async (message) => {
        const stillAtIt = setInterval(() => message.working(), ackWaitMs / 3);
        try {
          await handler(toBusMessage<T>(message));
          message.ack();
        } catch (error) {
          const deliveries = message.info.deliveryCount;
          const delayMs = retryDelaysMs[Math.min(deliveries, retryDelaysMs.length) - 1] ?? 1000;
          logger.warn(
            { stream, worker: name, seq: message.seq, deliveries, delayMs, error: toMessage(error) },
            'message failed; it comes again',
          );
          message.nak(delayMs);
        } finally {
          clearInterval(stillAtIt);
        }
      });
    },
    async countPending(stream, name) {
      const info = await findOrNull(manager.consumers.info(stream, name));
      return info ? info.num_pending + info.num_ack_pending : 0;
    },
    openKeyValue: <T>(name: string, { maxAgeMs = 0 }: { maxAgeMs?: number } = {}) =>
      openNatsKeyValue<T>(connection, name, maxAgeMs, logger),
    publishLive(subject, payload) {
      if (!connection.isClosed()) connection.publish(subject, JSON.stringify(payload));
    },
    followLive<T>(subject: string, handler: (subject: string, payload: T) => void): Subscription {
      const subscription = connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) logger.warn({ subject, error: error.message }, 'live subscription failed');
          else handler(message.subject, message.json<T>());
        },
      });
      return { stop: async () => subscription.unsubscribe() };
    },
    async close() {
      await connection.close();
    },
  };
}

/** Handles messages strictly one after the other. */
function runLoop(
  messages: ConsumerMessages,
  stopping: AbortController,
  handle: (message: JsMsg) => Promise<void>,
): Subscription {
  const running = (async () => {
    for await (const message of messages) {
      if (stopping.signal.aborted) return;
      await handle(message);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await messages.close();
      await running;
    },
  };
}

/** A reader that keeps its own place may not skip a message: it is handled again until it succeeds or the reader stops. */
async function retryInPlace(
  handle: () => Promise<void>,
  stopping: AbortSignal,
  fields: object,
  logger: Logger,
): Promise<void> {
  for (let attempt = 0; !stopping.aborted; attempt++) {
    try {
      await handle();
      return;
    } catch (error) {
      const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)] ?? 1000;
      logger.warn(
        { ...fields, attempt, delayMs, error: toMessage(error) },
        'message failed; trying it again',
      );
      await setTimeout(delayMs, undefined, { signal: stopping }).catch(() => undefined); // aborted: the loop ends
    }
  }
}

async function connectOrExplain(options: NatsBusOptions): Promise<NatsConnection> {
  const urls = options.url.split(',').map((text) => parseUrl(text.trim()));
  const [first] = urls;
  try {
    return await connect({
      servers: urls.map((url) => url.host),
      name: options.name,
      timeout: 5000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      ...(first?.username && {
        user: decodeURIComponent(first.username),
        pass: decodeURIComponent(first.password),
      }),
      ...(first?.protocol === 'tls:' && { tls: {} }),
    });
  } catch (error) {
    throw new XunjieError(
      'bus_unreachable',
      `cannot reach NATS at ${urls.map((url) => url.host).join(', ')}: ${toMessage(error)}`,
      { cause: error },
    );
  }
}

function parseUrl(text: string): URL {
  try {
    const url = new URL(text);
    if (url.host !== '' && (url.protocol === 'nats:' || url.protocol === 'tls:')) return url;
    throw new Error('not nats:// or tls://');
  } catch (error) {
    throw new XunjieError('bad_config', `NATS_URL "${redact(text)}" is no URL; write nats://host:4222`, {
      cause: error,
    });
  }
}
