export { type BlobStore } from './blobs/blob-store.ts';
export { openFolderBlobStore } from './blobs/folder-blob-store.ts';
export { createLogger, type Logger, type LogLevel } from './log/logger.ts';
export { redact } from './log/redact.ts';
