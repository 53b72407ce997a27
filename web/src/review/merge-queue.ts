import type { CandidateSummary, Page } from '../api/types.ts';

export interface QueueItem {
  readonly summary: CandidateSummary;
  /** No longer up for review on the server: someone else decided it, or it was withdrawn. */
  readonly gone: boolean;
}

/** The queue as it is drawn. Its order changes only when the reviewer asks for it. */
export interface QueueView {
  readonly items: readonly QueueItem[];
  /** On the server but not drawn: what the pill counts. */
  readonly waiting: readonly CandidateSummary[];
  /** The server had more than it sent when the view was last filled. */
  readonly hasMore: boolean;
}

export const emptyQueue: QueueView = { items: [], waiting: [], hasMore: false };

/**
 * Takes a fresh page into the view without moving anything: known candidates are updated in place, vanished ones
 * are marked, new ones wait for the pill. An empty view is filled at once, and the rest of a queue longer than one
 * page moves up from below as places become free. `decided` are those this reviewer has just dealt with.
 */
export function mergeQueue(
  view: QueueView,
  page: Page<CandidateSummary>,
  decided: ReadonlySet<string>,
): QueueView {
  const latest = page.items.filter((item) => !decided.has(item.id));
  const isComplete = page.nextCursor === null;
  if (!view.items.some((item) => !item.gone)) {
    const kept = view.items.filter((item) => !latest.some((other) => other.id === item.summary.id));
    return { items: [...kept, ...latest.map(toItem)], waiting: [], hasMore: !isComplete };
  }
  const byId = new Map(latest.map((summary) => [summary.id, summary]));
  const items = view.items
    .filter((item) => !decided.has(item.summary.id))
    .map((item) => {
      const summary = byId.get(item.summary.id);
      if (summary !== undefined) return { summary, gone: false };
      return isComplete ? { ...item, gone: true } : item;
    });
  const shown = new Set(items.map((item) => item.summary.id));
  const lastShown = latest.findLastIndex((summary) => shown.has(summary.id));
  const unseen = latest.filter((summary) => !shown.has(summary.id));
  const tail = view.hasMore ? unseen.filter((summary) => latest.indexOf(summary) > lastShown) : [];
  const waiting = unseen.filter((summary) => !tail.includes(summary));
  return { items: [...items, ...tail.map(toItem)], waiting, hasMore: view.hasMore && !isComplete };
}

/** Redraws the queue in the server's order with everything that is new, without what is gone. */
export function pullQueue(page: Page<CandidateSummary>, decided: ReadonlySet<string>): QueueView {
  const items = page.items.filter((item) => !decided.has(item.id)).map(toItem);
  return { items, waiting: [], hasMore: page.nextCursor !== null };
}

/** The candidate to open when `id` leaves the queue: the next still open one, else the one before, else none. */
export function findNeighbour(items: readonly QueueItem[], id: string | null, step: 1 | -1): string | null {
  const at = items.findIndex((item) => item.summary.id === id);
  const open = (item: QueueItem | undefined) => item !== undefined && !item.gone && item.summary.id !== id;
  const start = at === -1 ? (step === 1 ? 0 : items.length - 1) : at + step;
  for (let index = start; index >= 0 && index < items.length; index += step) {
    const item = items[index];
    if (item !== undefined && open(item)) return item.summary.id;
  }
  return null;
}

function toItem(summary: CandidateSummary): QueueItem {
  return { summary, gone: false };
}
