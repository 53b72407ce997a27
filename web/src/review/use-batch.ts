import { useState } from 'react';
import type { RejectReason } from '../../../domain/mod.ts';
import { fetchQueue, useRejectBatch } from '../api/candidates.ts';
import type { QueueItem } from './merge-queue.ts';

export interface Batch {
  /** Marked and still in the queue. */
  readonly marked: ReadonlySet<string>;
  readonly toggle: (id: string) => void;
  /** Rejects all that are marked; those that are refused stay marked. Rejects the promise as the server refuses the whole. */
  readonly reject: (
    reason: RejectReason,
    note: string,
  ) => Promise<{ readonly rejected: readonly string[]; readonly refused: readonly string[] }>;
}

/**
 * Several candidates for one reason. Versions are read anew at the last moment: skimming past a candidate takes and gives back its
 * lease, and what it shows stays the same. One that somebody else has got hold of or decided meanwhile is refused by the server.
 */
export function useBatch(
  items: readonly QueueItem[],
  held: { readonly id: string; readonly version: number } | null,
): Batch {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rejecting = useRejectBatch();
  const rows = items.filter(({ summary, gone }) => !gone && chosen.has(summary.id));
  const toVersion = (id: string, version: number) =>
    held?.id === id ? Math.max(held.version, version) : version;
  return {
    marked: new Set(rows.map(({ summary }) => summary.id)),
    toggle: (id) =>
      setChosen((current) => {
        const next = new Set(current);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    reject: async (reason, note) => {
      const fresh = new Map((await fetchQueue()).items.map(({ id, version }) => [id, version]));
      const { results } = await rejecting.mutateAsync({
        items: rows.map(({ summary }) => ({
          id: summary.id,
          version: toVersion(summary.id, fresh.get(summary.id) ?? summary.version),
        })),
        reason,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      });
      const pick = (status: 'rejected' | 'refused') =>
        results.filter((result) => result.status === status).map(({ id }) => id);
      setChosen(new Set(pick('refused')));
      return { rejected: pick('rejected'), refused: pick('refused') };
    },
  };
}
