import { setTimeout } from 'node:timers/promises';
import { type CandidateEvent, toMessage, XunjieError } from '../../../domain/mod.ts';
import type { Bus, Logger } from '../../../platform/mod.ts';
import { isPublished, type Published, readPublished, toEventId } from './published.ts';

/** The newest event of a camera in the stream: its number, and how far it says everything is published. */
export interface Tip {
  readonly seq: number;
  readonly published: Published;
}

/** Publishes the events of one camera strictly in order, each until it is on disk; the reader does not wait for it. */
export interface Outbox {
  /** Resolves when it is on disk. What is published already is not published again. */
  add(event: CandidateEvent, seq: number, index: number): Promise<void>;
  /** Resolves when everything added so far is on disk; rejects when it was stopped before. */
  settled(): Promise<void>;
}

export interface OutboxOptions {
  readonly bus: Bus;
  readonly camera: string;
  readonly streamId: string;
  /** `null`: looked up when the first event comes. */
  readonly tip: Tip | null;
  readonly stopping: AbortSignal;
  readonly logger: Logger;
  /** Called once per event, when it is on disk. */
  onDone(event: CandidateEvent, isNew: boolean): void;
}

const retryDelaysMs = [100, 500, 2000, 5000];

export async function readTip(bus: Bus, camera: string, streamId: string): Promise<Tip> {
  const newest = await bus.readLast<CandidateEvent>('candidates', camera);
  return { seq: newest?.seq ?? 0, published: readPublished(newest, streamId) };
}

/**
 * Each event is written only behind the one that this process knows as the newest. Where another process (or this one, whose
 * acknowledgement was lost) has written meanwhile, the newest event tells how far: what is there already is not written again, however
 * long ago that was.
 */
export function createOutbox(options: OutboxOptions): Outbox {
  const { bus, camera, streamId, stopping, logger } = options;
  let { tip } = options;
  let tail: Promise<void> = Promise.resolve();

  /** Whether it was written by this call. */
  const publish = async (event: CandidateEvent, seq: number, index: number): Promise<boolean> => {
    tip ??= await readTip(bus, camera, streamId);
    if (isPublished(tip.published, seq, index, event.atMs)) return false;
    const known = tip;
    tip = null; // until it is certain what became of it
    const written = await bus.publish('candidates', camera, toEventId(streamId, seq, index), event, {
      afterSeq: known.seq,
    });
    tip = { seq: written, published: { kind: 'through', seq, index } };
    return true;
  };
  const publishPatiently = async (event: CandidateEvent, seq: number, index: number): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      stopping.throwIfAborted();
      try {
        options.onDone(event, await publish(event, seq, index));
        return;
      } catch (error) {
        if (error instanceof XunjieError && error.code === 'conflict' && attempt === 0) continue;
        const delayMs = retryDelaysMs[Math.min(attempt, retryDelaysMs.length - 1)] ?? 1000;
        logger.warn(
          { camera, candidate: event.candidate.id, attempt, delayMs, error: toMessage(error) },
          'a candidate event could not be published; trying it again',
        );
        await setTimeout(delayMs, undefined, { signal: stopping });
      }
    }
  };
  return {
    add(event, seq, index) {
      tail = tail.then(() => publishPatiently(event, seq, index));
      tail.catch(() => undefined); // who waits for it hears it
      return tail;
    },
    settled: () => tail,
  };
}
