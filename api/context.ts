import type { BlobStore, Logger } from '../platform/mod.ts';
import type { DatabaseAddress } from './database/connect.ts';
import type { Database } from './database/tables.ts';

/** What the slices of the console share. */
export interface ConsoleContext {
  readonly db: Database;
  readonly databaseAddress: DatabaseAddress;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  /** Six digits of GB/T 2260 that case numbers begin with. */
  readonly areaCode: string;
  readonly timeZone: string;
  readonly version: string;
  /** Milliseconds since the epoch; tests move it. */
  readonly nowMs: () => number;
}
