import { XunjieError } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';
import { appendCustody, type CustodyAct } from './append-custody.ts';

const maxBatch = 100;
const maxWaiting = 2000;

/** Writes entries that belong to no other transaction. */
export interface CustodyWriter {
  /** Resolves when the entry is durable. Rejects with `too_many_requests` when too many wait. */
  write(act: CustodyAct): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly act: CustodyAct;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** One transaction at a time, with all that has come meanwhile: there is one chain, so many single ones would only queue up for it. */
export function createCustodyWriter(db: Database): CustodyWriter {
  const waiting: Waiting[] = [];
  let draining: Promise<void> | null = null;
  const append = (batch: readonly Waiting[]): Promise<void> =>
    db.transaction().execute((trx) => appendCustody(trx, ...batch.map(({ act }) => act)));
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, maxBatch);
      // One that is refused must not take the others with it.
      const parts = await append(batch).then(
        () => [],
        () => batch.map((one) => [one]),
      );
      if (parts.length === 0) for (const { resolve } of batch) resolve();
      for (const part of parts) await append(part).then(part[0]?.resolve, part[0]?.reject);
    }
    draining = null;
  };
  return {
    write: (act) =>
      new Promise((resolve, reject) => {
        if (waiting.length >= maxWaiting) {
          reject(new XunjieError('too_many_requests', 'too many looks at once; try again'));
          return;
        }
        waiting.push({ act, resolve, reject });
        draining ??= drain();
      }),
    close: async () => {
      await draining;
    },
  };
}
