import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import type { Database } from '../database/tables.ts';
import { type LiveEvent, publishAll } from './live-event.ts';

/** Above what a rush of decisions brings between two rounds; beyond it pages are told less, never wrong. */
const maxWaiting = 10_000;

/** Tells every console what has been committed. */
export interface LiveAnnouncer {
  /** After the commit; returns at once. */
  announce(event: LiveEvent): void;
  /** Says what is still to be said. */
  close(): Promise<void>;
}

/**
 * PostgreSQL lets transactions that notify commit one after the other, each with its own flush to the disk: two hundred reviewers would wait in
 * that one line. What single statements have committed is therefore announced right after, all that has come meanwhile in one transaction
 * of its own. A console that dies in between leaves pages with what they showed before, as a broken event stream does; nothing is
 * decided by what a page shows.
 */
export function createLiveAnnouncer(db: Database, logger: Logger): LiveAnnouncer {
  let waiting: LiveEvent[] = [];
  let speaking: Promise<void> | null = null;
  const speak = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await publishAll(
          db,
          batch.map((event) => ({ event, places: [] })),
        );
      } catch (error) {
        // The stream of events is broken then, too: pages read everything anew when it is back.
        logger.warn({ error: toMessage(error), events: batch.length }, 'live events could not be sent');
      }
    }
    speaking = null;
  };
  return {
    announce(event) {
      if (waiting.length >= maxWaiting) return;
      waiting.push(event);
      speaking ??= speak();
    },
    close: async () => {
      await speaking;
    },
  };
}
