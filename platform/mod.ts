export { type BlobProtection, type BlobStore, type BlobStream } from './blobs/blob-store.ts';
export { openFolderBlobStore } from './blobs/folder-blob-store.ts';
export { openS3BlobStore, type S3Options } from './blobs/s3-blob-store.ts';
export {
  type Bus,
  type BusMessage,
  type KeyValue,
  type KeyValueEntry,
  type StreamBounds,
  type StreamPart,
  type Subscription,
} from './bus/bus.ts';
export { type NatsBusOptions, openNatsBus } from './bus/nats-bus.ts';
export { readYamlFile, type YamlFile } from './config/yaml-file.ts';
export { hashCustody, toCustodyLine, toSealedBytes } from './custody/hash-custody.ts';
export { MerkleTree } from './custody/merkle-tree.ts';
export { readEmbeddedNatsUrl, startEmbeddedNats } from './engines/embedded-nats.ts';
export {
  type EmbeddedEngine,
  readEmbeddedPostgresUrl,
  startEmbeddedPostgres,
} from './engines/embedded-postgres.ts';
export { findFreePort } from './engines/free-port.ts';
export { type ClosingStack, createClosingStack } from './lifecycle/closing-stack.ts';
export { type FolderLock, lockFolder } from './lifecycle/folder-lock.ts';
export { letHeapGrow } from './lifecycle/heap-growth.ts';
export { makeFolder } from './lifecycle/make-folder.ts';
export { isAlive, readParent, readStartTicks } from './lifecycle/process-identity.ts';
export { makeScratchFolder } from './lifecycle/scratch-folder.ts';
export { createLogger, type Logger, type LogLevel } from './log/logger.ts';
export { redact } from './log/redact.ts';
export { type CalendarYear } from './metrics/calendar-metrics.ts';
export { type DetectorFigures } from './metrics/detector-metrics.ts';
export { mayReadMetrics } from './metrics/may-read-metrics.ts';
export { type Metrics, openMetrics } from './metrics/metrics.ts';
export { type MetricsServer, openMetricsServer } from './metrics/metrics-server.ts';
export { type RulesFigures } from './metrics/rules-metrics.ts';
export { createCheckedLookup } from './network/checked-lookup.ts';
export {
  findBadNetwork,
  isInNetworks,
  isLoopback,
  isNowhere,
  toBlockList,
  unwrapAddress,
} from './network/networks.ts';
export { type FieldKeys, loadOrCreateFieldKeys } from './secrets/field-keys.ts';
export { openTimeStampAuthority, type TimeStampAuthority } from './time-stamp/time-stamp-authority.ts';
export { readTimeStampToken } from './time-stamp/time-stamp-token.ts';
