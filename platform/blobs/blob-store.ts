/** Whole objects by key. Keys are relative paths of letters, digits, `.`, `_`, `-` and `/`. */
export interface BlobStore {
  /** Durable when it resolves; the same key again with the same bytes is fine. */
  put(key: string, bytes: Uint8Array, mediaType: string): Promise<void>;
  /** Rejects with `blob_not_found`. */
  get(key: string): Promise<Uint8Array>;
  has(key: string): Promise<boolean>;
  /** Keys below a prefix that ends in `/`, sorted. */
  list(prefix: string): Promise<string[]>;
  close(): Promise<void>;
}
