import type { StreamName } from '../../domain/mod.ts';

/** One message of a stream. `seq` is the stream's own, ascending number. */
export interface BusMessage<T> {
  readonly seq: number;
  readonly camera: string;
  /** Parsed when it is first asked for; throws where it is no JSON. */
  readonly payload: T;
  /** The id that it was published under; `null` when it has none. */
  readonly messageId: string | null;
  /** When the stream took it, by the server's clock. */
  readonly storedAtMs: number;
}

/** What a stream holds. Both numbers are 0 before the first message. */
export interface StreamBounds {
  /** Another one when the stream has been made anew and counts from 1 again. */
  readonly streamId: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export interface PublishOptions {
  /** Number of the camera's newest message that the publisher knows, 0 for none: with another one there nothing is published. */
  readonly afterSeq?: number;
}

/** Which part of a stream: one shard, one camera, or everything. */
export type StreamPart = { readonly shard: number } | { readonly camera: string } | 'all';

export interface Subscription {
  /** Stops after the message in hand. */
  stop(): Promise<void>;
}

export interface KeyValueEntry<T> {
  readonly key: string;
  /** Parsed when it is asked for; throws where it is no JSON. */
  readonly value: T;
  readonly revision: number;
  /** When it was put, by the server's clock. */
  readonly putAtMs: number;
}

/** A small replicated table of JSON values. Keys: camera and candidate ids. */
export interface KeyValue<T> {
  get(key: string): Promise<KeyValueEntry<T> | null>;
  put(key: string, value: T): Promise<void>;
  /**
   * Puts over exactly this revision, `null`: only where nothing is. Resolves to the new revision and the value's size; rejects with
   * `conflict` when something else is there.
   */
  replace(key: string, value: T, revision: number | null): Promise<{ revision: number; bytes: number }>;
  delete(key: string): Promise<void>;
  entries(): Promise<KeyValueEntry<T>[]>;
  /**
   * All entries, told before it resolves, then changes in order until stopped; of several quick ones perhaps only the newest. A deletion,
   * an old one too, has `value: null`. `putAtMs` is the server's time of the change.
   */
  watch(handler: (key: string, value: T | null, putAtMs: number) => void): Promise<Subscription>;
}

/** Streams that outlive processes, and small tables. All payloads are JSON. */
export interface Bus {
  /**
   * Resolves to the message's number when it is on disk. The same `messageId` again soon after is kept once. Rejects with `conflict` when
   * `afterSeq` is not the camera's newest message.
   */
  publish(
    stream: StreamName,
    camera: string,
    messageId: string,
    payload: unknown,
    options?: PublishOptions,
  ): Promise<number>;
  /** The newest message of one camera. */
  readLast<T>(stream: StreamName, camera: string): Promise<BusMessage<T> | null>;
  /** Number of the stream's newest message, 0 when empty. */
  readLastSeq(stream: StreamName): Promise<number>;
  readBounds(stream: StreamName): Promise<StreamBounds>;
  /** Number of the first message that the stream took at this time of the server or later; the next number when there is none yet. */
  findSeqAt(stream: StreamName, timeMs: number): Promise<number>;
  /** Every message after `afterSeq`, in order, without acknowledgement: the reader keeps its own place. */
  follow<T>(
    stream: StreamName,
    part: StreamPart,
    afterSeq: number,
    handler: (message: BusMessage<T>) => Promise<void>,
  ): Promise<Subscription>;
  /** What is in the stream now, from those published at `sinceMs` on (`null`: from the oldest), in order, in pieces. */
  readPast<T>(
    stream: StreamName,
    part: StreamPart,
    sinceMs: number | null,
  ): AsyncIterable<readonly BusMessage<T>[]>;
  /** Each message at least once across restarts of everybody who works under this name; a handler that rejects gets it again later. */
  work<T>(
    stream: StreamName,
    name: string,
    part: StreamPart,
    handler: (message: BusMessage<T>) => Promise<void>,
  ): Promise<Subscription>;
  /** Messages that a worker of this name has not finished. */
  countPending(stream: StreamName, name: string): Promise<number>;
  /** Entries older than `maxAgeMs` go; without it they stay. */
  openKeyValue<T>(name: string, options?: { maxAgeMs?: number }): Promise<KeyValue<T>>;
  /** Lossy, for who listens now. */
  publishLive(subject: string, payload: unknown): void;
  followLive<T>(subject: string, handler: (subject: string, payload: T) => void): Subscription;
  close(): Promise<void>;
}
