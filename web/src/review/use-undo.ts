import { useCallback, useRef, useState } from 'react';
import { useUndo } from '../api/candidates.ts';
import type { CandidateDetail } from '../api/types.ts';

/** A decision that may still be taken back. */
export interface Undoable {
  readonly ids: readonly string[];
  /** On this browser's clock. */
  readonly untilMs: number;
}

export interface UndoDesk {
  /** The newest one. */
  readonly last: Undoable | null;
  readonly add: (undoable: Undoable) => void;
  /** Takes the newest back; answers its candidates, none when there was nothing to take back. Rejects as the server refuses. */
  readonly undo: () => Promise<readonly string[]>;
}

/** The window by the server's own two times: how far the clocks are apart does not matter. */
export function toUndoable(detail: CandidateDetail, nowMs: number): Undoable | null {
  if (detail.undoUntil === null || detail.review === null) return null;
  return {
    ids: [detail.id],
    untilMs: nowMs + Date.parse(detail.undoUntil) - Date.parse(detail.review.at),
  };
}

export function useUndoDesk(): UndoDesk {
  const [stack, setStack] = useState<readonly Undoable[]>([]);
  const undoing = useUndo();
  const isBusy = useRef(false);
  const last = stack.at(-1) ?? null;
  const add = useCallback((undoable: Undoable) => {
    setStack((current) => [...current.filter(({ untilMs }) => untilMs > Date.now()), undoable]);
  }, []);
  const undo = async (): Promise<readonly string[]> => {
    if (last === null || last.untilMs <= Date.now() || isBusy.current) return [];
    isBusy.current = true;
    setStack((current) => current.filter((one) => one !== last));
    try {
      for (const id of last.ids) await undoing.mutateAsync(id);
    } finally {
      isBusy.current = false;
    }
    return last.ids;
  };
  return { last, add, undo };
}
