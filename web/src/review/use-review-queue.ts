import { useCallback, useEffect, useRef, useState } from 'react';
import { useCandidateQueue } from '../api/candidates.ts';
import { emptyQueue, mergeQueue, pullQueue, type QueueView } from './merge-queue.ts';

export interface ReviewQueue extends QueueView {
  /** On the server, drawn or not. */
  readonly total: number | null;
  readonly isLoading: boolean;
  readonly error: Error | null;
  readonly pullNew: () => void;
  /** Takes a candidate that this reviewer has decided off the queue. */
  readonly removeDecided: (id: string) => void;
  /** It was taken back: the server has it in the queue again. */
  readonly restore: (id: string) => void;
}

export function useReviewQueue(): ReviewQueue {
  const query = useCandidateQueue();
  const page = query.data;
  const [view, setView] = useState<QueueView>(emptyQueue);
  const decided = useRef(new Set<string>());
  useEffect(() => {
    if (page !== undefined) setView((current) => mergeQueue(current, page, decided.current));
  }, [page]);
  const pullNew = useCallback(() => {
    if (page !== undefined) setView(pullQueue(page, decided.current));
  }, [page]);
  const removeDecided = useCallback((id: string) => {
    decided.current.add(id);
    setView((current) => ({ ...current, items: current.items.filter((item) => item.summary.id !== id) }));
  }, []);
  const restore = useCallback((id: string) => {
    decided.current.delete(id);
  }, []);
  return {
    ...view,
    total: page?.total ?? null,
    isLoading: query.isPending,
    error: query.error,
    pullNew,
    removeDecided,
    restore,
  };
}
