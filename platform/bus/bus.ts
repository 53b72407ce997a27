import type { StreamName } from '../../domain/mod.ts';

/** One message of a stream. `seq` is the stream's own, ascending number. */
export interface BusMessage<T> {
  readonly seq: number;
  readonly camera: string;
  readonly payload: T;
}

/** Which part of a stream: one shard, one camera, or everything. */
export type StreamPart = { readonly shard: number } | { readonly camera: string } | 'all';

export interface Subscription {
  /** Stops after the message in hand. */
  stop(): Promise<void>;
}

export interface KeyValueEntry<T> {
  readonly key: string;
  readonly value: T;
  readonly revision: number;
}

/** A small replicated table of JSON values. Keys: camera and candidate ids. */
export interface KeyValue<T> {
  get(key: string): Promise<KeyValueEntry<T> | null>;
  put(key: string, value: T): Promise<void>;
  entries(): Promise<KeyValueEntry<T>[]>;
  /** All entries now, then changes in order until stopped; of several quick ones perhaps only the newest. A deletion has `value: null`. */
  watch(handler: (key: string, value: T | null) => void): Promise<Subscription>;
}

/** Streams that outlive processes, and small tables. All payloads are JSON. */
export interface Bus {
  /** Resolves when the message is on disk. The same `messageId` again soon after is kept once. */
  publish(stream: StreamName, camera: string, messageId: string, payload: unknown): Promise<void>;
  /** The newest message of one camera. */
  readLast<T>(stream: StreamName, camera: string): Promise<BusMessage<T> | null>;
  /** Number of the stream's newest message, 0 when empty. */
  readLastSeq(stream: StreamName): Promise<number>;
  /** Every message after `afterSeq`, in order, without acknowledgement: the reader keeps its own place. */
  follow<T>(
    stream: StreamName,
    part: StreamPart,
    afterSeq: number,
    handler: (message: BusMessage<T>) => Promise<void>,
  ): Promise<Subscription>;
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
