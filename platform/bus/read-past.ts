import { DeliverPolicy, type JetStreamClient, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import type { StreamName } from '../../domain/mod.ts';
import type { StreamPart } from './bus.ts';
import { toFilter } from './nats-streams.ts';

/** Messages asked for at a time, and given on at a time. */
const fetchMessages = 2000;
const pieceMessages = 200;

/**
 * The messages of a stream from `sinceMs` (time of publishing; `null`: from the oldest) to the newest one there was at the call, in order,
 * in pieces. Without acknowledgement; nothing of it is left on the server afterwards.
 */
export async function* readPast(
  client: JetStreamClient,
  manager: JetStreamManager,
  stream: StreamName,
  part: StreamPart,
  sinceMs: number | null,
): AsyncGenerator<JsMsg[]> {
  const lastSeq = (await manager.streams.info(stream)).state.last_seq;
  const consumer = await client.consumers.get(stream, {
    filter_subjects: toFilter(stream, part),
    ...(sinceMs === null
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: new Date(sinceMs).toISOString() }),
  });
  try {
    if ((await consumer.info()).num_pending === 0) return;
    const messages = await consumer.consume({ max_messages: fetchMessages });
    try {
      let piece: JsMsg[] = [];
      for await (const message of messages) {
        if (message.seq > lastSeq) break;
        piece.push(message);
        const isLast = message.seq === lastSeq || message.info.pending === 0;
        if (piece.length < pieceMessages && !isLast) continue;
        yield piece;
        piece = [];
        if (isLast) break;
      }
      if (piece.length > 0) yield piece;
    } finally {
      await messages.close();
    }
  } finally {
    await consumer.delete();
  }
}
