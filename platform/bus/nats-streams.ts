import { randomBytes } from 'node:crypto';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { type StreamName, toSubject } from '../../domain/mod.ts';
import type { StreamPart } from './bus.ts';

const dayMs = 86_400_000;
const gigabyte = 1024 ** 3;

interface StreamLimits {
  readonly maxAgeMs: number;
  readonly maxBytes: number;
  /** Within this time the same message id is kept once. */
  readonly duplicateWindowMs: number;
}

const streams: Readonly<Record<StreamName, StreamLimits>> = {
  detections: { maxAgeMs: 7 * dayMs, maxBytes: 8 * gigabyte, duplicateWindowMs: 120_000 },
  candidates: { maxAgeMs: 30 * dayMs, maxBytes: gigabyte, duplicateWindowMs: 3_600_000 },
  evidence: { maxAgeMs: 30 * dayMs, maxBytes: gigabyte, duplicateWindowMs: 3_600_000 },
};

const jetStreamNotFound = 404;

/** The server tells another time of creation after each of its own starts (2.9.10): a stream is known by an id in its description. */
const idPattern = /^id (?<id>[0-9a-f]+)$/;

/** Creates the streams that are missing and brings the limits of existing ones up to date. */
export async function ensureStreams(manager: JetStreamManager): Promise<void> {
  for (const [name, limits] of Object.entries(streams)) {
    const config = {
      name,
      subjects: [`${name}.*.*`],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      max_age: nanos(limits.maxAgeMs),
      max_bytes: limits.maxBytes,
      duplicate_window: nanos(limits.duplicateWindowMs),
    };
    const fresh = { ...config, description: `id ${randomBytes(6).toString('hex')}` };
    const find = () => findOrNull(manager.streams.info(name));
    const found = await find();
    if (found === null && (await manager.streams.add(fresh).catch(() => null)) !== null) continue;
    const exists = found ?? (await find()); // another process may have made it just now
    const description = readStreamId(exists) === null ? fresh.description : exists?.config.description;
    if (exists === null) await manager.streams.add(fresh);
    else await manager.streams.update(name, { ...config, ...(description !== undefined && { description }) });
  }
}

/** `null` for a stream that is not there, or was made before streams had ids. */
export function readStreamId(stream: Pick<StreamInfo, 'config'> | null): string | null {
  return idPattern.exec(stream?.config.description ?? '')?.groups?.['id'] ?? null;
}

/** After a crash a message that was in hand comes again this much later; who works on one longer says so in time. */
export const ackWaitMs = 15_000;

/** Creates a durable consumer that starts at the stream's beginning, when it is missing. */
export async function ensureWorker(
  manager: JetStreamManager,
  stream: StreamName,
  name: string,
  part: StreamPart,
): Promise<void> {
  if (await findOrNull(manager.consumers.info(stream, name))) return;
  await manager.consumers.add(stream, {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    deliver_policy: DeliverPolicy.All,
    filter_subject: toFilter(stream, part),
    max_ack_pending: 64,
  });
}

export function toFilter(stream: StreamName, part: StreamPart): string {
  if (part === 'all') return `${stream}.>`;
  return 'camera' in part ? toSubject(stream, part.camera) : `${stream}.${part.shard}.*`;
}

export async function findOrNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.status === jetStreamNotFound) return null;
    throw error;
  }
}

/** Number of the first message stored at `timeMs` or later; the next number when there is none. */
export async function findSeqAt(
  manager: JetStreamManager,
  stream: StreamName,
  timeMs: number,
): Promise<number> {
  const { state } = await manager.streams.info(stream);
  const probe = await manager.consumers.add(stream, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartTime,
    opt_start_time: new Date(timeMs).toISOString(),
    inactive_threshold: nanos(5000),
    mem_storage: true,
  });
  await manager.consumers.delete(stream, probe.name);
  // a consumer that has delivered nothing stands before its first message; behind the newest there is none to stand before
  return Math.min(probe.delivered.stream_seq, state.last_seq) + 1;
}
