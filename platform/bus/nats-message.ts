import type { JsMsg, StoredMsg } from '@nats-io/jetstream';
import type { BusMessage } from './bus.ts';

const idHeader = 'Nats-Msg-Id';

/** Most messages of a shared stream are passed over by who reads it: the payload is parsed when it is wanted. */
class LazyMessage<T> implements BusMessage<T> {
  readonly seq: number;
  readonly camera: string;
  readonly messageId: string | null;
  readonly storedAtMs: number;
  readonly #parse: () => T;
  #parsed: { readonly value: T } | null = null;

  constructor(facts: Omit<BusMessage<T>, 'payload'>, parse: () => T) {
    this.seq = facts.seq;
    this.camera = facts.camera;
    this.messageId = facts.messageId;
    this.storedAtMs = facts.storedAtMs;
    this.#parse = parse;
  }

  get payload(): T {
    this.#parsed ??= { value: this.#parse() };
    return this.#parsed.value;
  }
}

/** A message as a consumer delivers it. */
export function toBusMessage<T>(message: JsMsg): BusMessage<T> {
  const { seq, subject, headers, info } = message;
  const facts = {
    seq,
    camera: subject.split('.')[2] ?? '',
    messageId: headers?.get(idHeader) || null,
    storedAtMs: Math.floor(info.timestampNanos / 1e6),
  };
  return new LazyMessage(facts, () => message.json<T>());
}

/** A message as the stream is asked for it. */
export function toStoredMessage<T>(message: StoredMsg, camera: string): BusMessage<T> {
  const facts = {
    seq: message.seq,
    camera,
    messageId: message.header?.get(idHeader) || null,
    storedAtMs: message.time.getTime(),
  };
  return new LazyMessage(facts, () => message.json<T>());
}
