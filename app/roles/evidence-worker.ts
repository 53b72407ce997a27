import { setTimeout } from 'node:timers/promises';
import {
  type CandidateEvent,
  type EvidenceEvent,
  type EvidenceItem,
  type FootageReader,
  XunjieError,
} from '../../domain/mod.ts';
import { type DetectionsReader, type Keyring, sealOnce, settleSeal } from '../../evidence/mod.ts';
import type { BlobStore, Bus, KeyValue, Logger, Subscription } from '../../platform/mod.ts';
import type { Turns } from './turns.ts';

export interface Sealed {
  readonly manifestHash: string;
  readonly items: readonly EvidenceItem[];
  readonly sealedAtMs: number;
}

export interface EvidenceWorkerOptions {
  readonly camera: string;
  readonly footage: FootageReader;
  readonly detections: DetectionsReader;
  readonly bus: Bus;
  readonly blobs: BlobStore;
  readonly keyring: Pick<Keyring, 'current'>;
  readonly sealed: KeyValue<Sealed>;
  /** Shared by the cameras of a process: a package's pictures are in memory while it is sealed. */
  readonly turns: Turns;
  /** How long a package may not be deleted, milliseconds. */
  readonly retentionMs: number;
  readonly logger: Logger;
  /** As long as this a decoder that was killed or starved is tried again, milliseconds; default: an hour. */
  readonly patienceMs?: number;
  /** The candidate's package is sealed, or its footage is gone for good. */
  onSettled(candidateId: string): Promise<void>;
}

export function toEvidenceWorkerName(camera: string): string {
  return `evidence-${camera}`;
}

/**
 * Seals the package of every candidate that this camera raises, then says so on `evidence.*`. A candidate that comes twice is announced
 * again with the package it has. Footage that is gone is a fact that is published; anything else is tried again: a decoder that a busy
 * machine starves for `patienceMs`, since a file may also be such that no decoder comes to its end.
 */
export function startEvidenceWorker(options: EvidenceWorkerOptions): Promise<Subscription> {
  const { bus, camera, sealed, logger } = options;
  return bus.work<CandidateEvent>(
    'candidates',
    toEvidenceWorkerName(camera),
    { camera },
    async ({ payload, storedAtMs }) => {
      if (payload.type !== 'raised') return;
      const candidateId = payload.candidate.id;
      try {
        const known = (await sealed.get(candidateId))?.value;
        const done = known ?? (await sealPatiently(payload, options));
        if (!known) await sealed.put(candidateId, done);
        await settleSeal(options.blobs, candidateId);
        await announce(options, { v: 1, type: 'sealed', candidateId, camera, ...done });
      } catch (error) {
        const isLate = Date.now() - storedAtMs >= (options.patienceMs ?? defaultPatienceMs);
        if (!isUnavailable(error) && !(isLate && isInterrupted(error))) throw error;
        logger.warn({ candidate: candidateId, reason: error.message }, 'evidence could not be sealed');
        await announce(options, { v: 1, type: 'failed', candidateId, camera, reason: error.message });
      }
      await options.onSettled(candidateId);
    },
  );
}

const retryDelaysMs = [1000, 5000];
const defaultPatienceMs = 3_600_000;

/** Footage can be missing for a moment (a busy disk, a slow decoder); when it still is after three tries, it is gone. */
async function sealPatiently(event: CandidateEvent, options: EvidenceWorkerOptions): Promise<Sealed> {
  for (const delayMs of retryDelaysMs) {
    try {
      return await options.turns.take(() => seal(event, options));
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      options.logger.debug(
        { candidate: event.candidate.id, delayMs, reason: error.message },
        'footage is missing; trying again',
      );
      await setTimeout(delayMs);
    }
  }
  return options.turns.take(() => seal(event, options));
}

function isUnavailable(error: unknown): error is XunjieError {
  return error instanceof XunjieError && error.code === 'evidence_unavailable';
}

function isInterrupted(error: unknown): error is XunjieError {
  return error instanceof XunjieError && error.code === 'ffmpeg_interrupted';
}

async function seal(event: CandidateEvent, options: EvidenceWorkerOptions): Promise<Sealed> {
  const nowMs = Date.now();
  const { candidate } = event;
  const { footage, detections, keyring, blobs } = options;
  const { manifestHash, manifest } = await sealOnce({
    candidate,
    footage,
    detections,
    // After the time: a key that is retired later than this may still sign for it.
    signer: await keyring.current(),
    blobs,
    nowMs,
    retainUntilMs: nowMs + options.retentionMs,
  });
  const { items, sealedAtMs } = manifest;
  options.logger.info({ candidate: candidate.id, manifestHash, files: items.length }, 'evidence sealed');
  return { manifestHash, items, sealedAtMs };
}

async function announce({ bus, camera }: EvidenceWorkerOptions, event: EvidenceEvent): Promise<void> {
  await bus.publish('evidence', camera, `${event.candidateId}:${event.type}`, event);
}
