import { useCallback, useEffect, useRef, useState } from 'react';
import { releaseLease, takeLease } from '../api/candidates.ts';
import { RequestError } from '../api/client.ts';
import type { Lease } from '../api/types.ts';

/** Skimming past a candidate takes no lease. */
const openDelayMs = 200;
const renewMs = 60_000;

const none = { status: 'none' } as const;
const taking = { status: 'taking' } as const;

export type LeaseState =
  | { readonly status: 'none' | 'taking' }
  | { readonly status: 'held'; readonly lease: Lease; readonly version: number }
  /** Someone else holds it, since before we came (`elsewhere`) or since we lost it (`lost`). */
  | { readonly status: 'elsewhere' | 'lost' | 'failed'; readonly error: Error };

export interface LeaseHandle {
  readonly state: LeaseState;
  /** Takes or renews the lease and answers the candidate's version under it. Rejects with the server's reason. */
  readonly take: () => Promise<number>;
  /** The server said in answer to a decision that the lease is gone. */
  readonly markLost: (error: Error) => void;
  /** Decided: the lease went with the decision, nothing is left to give back. */
  readonly markDecided: () => void;
}

/** Holds the lease of the candidate that is open, while `wanted`; gives it back on leaving it. */
export function useLease(id: string | null, wanted: boolean): LeaseHandle {
  // With the candidate it is about: the one before must not lend its lease to the one just opened.
  const [known, setKnown] = useState<{ readonly id: string; readonly state: LeaseState } | null>(null);
  const openId = useRef<string | null>(null);
  const hasHeld = useRef(false);
  const isDecided = useRef(false);

  const takeFor = useCallback(async (target: string): Promise<number> => {
    try {
      const { lease, version } = await takeLease(target);
      if (openId.current === target) {
        hasHeld.current = true;
        setKnown({ id: target, state: { status: 'held', lease, version } });
      } else {
        giveBack(target);
      }
      return version;
    } catch (error) {
      if (openId.current === target && !isDecided.current)
        setKnown({ id: target, state: toRefusal(error, hasHeld.current) });
      throw error;
    }
  }, []);

  useEffect(() => {
    if (id === null || !wanted) return undefined;
    openId.current = id;
    hasHeld.current = false;
    isDecided.current = false;
    setKnown(null);
    // What goes wrong in the background is in the state, for the banner; nobody awaits it here.
    const renew = () => void takeFor(id).catch(() => undefined);
    const opening = window.setTimeout(renew, openDelayMs);
    const renewing = window.setInterval(() => {
      if (!isDecided.current) renew();
    }, renewMs);
    const leave = () => {
      if (hasHeld.current && !isDecided.current) giveBack(id);
    };
    window.addEventListener('pagehide', leave);
    return () => {
      window.clearTimeout(opening);
      window.clearInterval(renewing);
      window.removeEventListener('pagehide', leave);
      openId.current = null;
      leave();
    };
  }, [id, wanted, takeFor]);

  const take = useCallback(async () => {
    if (openId.current === null) throw new Error('no candidate is open');
    return takeFor(openId.current);
  }, [takeFor]);
  const markLost = useCallback((error: Error) => {
    if (openId.current !== null) setKnown({ id: openId.current, state: { status: 'lost', error } });
  }, []);
  const markDecided = useCallback(() => {
    isDecided.current = true;
  }, []);
  const state: LeaseState = id === null || !wanted ? none : known?.id === id ? known.state : taking;
  return { state, take, markLost, markDecided };
}

/** A lease that could not be given back runs out by itself within minutes; there is nobody left to tell. */
function giveBack(id: string): void {
  void releaseLease(id).catch(() => undefined);
}

function toRefusal(thrown: unknown, hasHeld: boolean): LeaseState {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof RequestError && error.code === 'lease_lost')
    return { status: hasHeld ? 'lost' : 'elsewhere', error };
  return { status: 'failed', error };
}
