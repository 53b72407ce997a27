import type { Readable } from 'node:stream';

/** Bytes that are not all in memory; `bytes` is how many will come, and a stream that brings others fails the writing. */
export interface BlobStream {
  readonly bytes: number;
  readonly stream: Readable;
}

export interface PutOptions {
  /** Milliseconds since the epoch until which nobody may delete or replace it, where the store can see to that. */
  readonly retainUntilMs?: number;
}

export interface ReadRange {
  readonly from: number;
  /** Last byte, itself part of the range. */
  readonly to: number;
}

/** What a store does by itself against deletion and replacement. */
export interface BlobProtection {
  readonly versioning: boolean;
  readonly objectLock: boolean;
  /** In words, for people: what there is, and how to get what there is not. */
  readonly explanation: string;
}

/** Whole objects by key. Keys are relative paths of letters, digits, `.`, `_`, `-` and `/`. */
export interface BlobStore {
  readonly protection: BlobProtection;
  /** Durable when it resolves, never half there; the same key again with the same bytes is fine. A stream is held in bounded pieces. */
  put(key: string, body: Uint8Array | BlobStream, mediaType: string, options?: PutOptions): Promise<void>;
  /** Rejects with `blob_not_found`. */
  get(key: string): Promise<Uint8Array>;
  /**
   * The object, or a range that lies within it, piece by piece; `bytes` is the size of what comes. Rejects with `blob_not_found`. Whoever
   * opens it reads it to its end or destroys the stream.
   */
  open(key: string, range?: ReadRange): Promise<BlobStream>;
  has(key: string): Promise<boolean>;
  /** Keys below a prefix that ends in `/`, sorted. */
  list(prefix: string): Promise<string[]>;
  /** Gone for good, all versions of it; what is not there is fine. Rejects with `blob_locked` while it is retained. */
  delete(key: string): Promise<void>;
  close(): Promise<void>;
}
