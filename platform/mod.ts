export { type BlobStore } from './blobs/blob-store.ts';
export { openFolderBlobStore } from './blobs/folder-blob-store.ts';
export { startEmbeddedNats } from './engines/embedded-nats.ts';
export { type EmbeddedEngine, startEmbeddedPostgres } from './engines/embedded-postgres.ts';
export { findFreePort } from './engines/free-port.ts';
export { type FolderLock, lockFolder } from './lifecycle/folder-lock.ts';
export { createLogger, type Logger, type LogLevel } from './log/logger.ts';
export { redact } from './log/redact.ts';
