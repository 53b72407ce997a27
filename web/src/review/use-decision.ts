import { useState } from 'react';
import type { RejectReason } from '../../../domain/mod.ts';
import { useConfirm, useReject } from '../api/candidates.ts';
import { RequestError } from '../api/client.ts';
import type { CandidateDetail } from '../api/types.ts';
import type { Draft } from './drafts.ts';
import type { LeaseHandle } from './use-lease.ts';

export type DecisionOutcome =
  | { readonly kind: 'confirmed'; readonly caseNo: string }
  | { readonly kind: 'rejected'; readonly reason: RejectReason }
  /** The candidate is not what it was when it was read: look again. */
  | { readonly kind: 'changed'; readonly error: Error }
  | { readonly kind: 'refused'; readonly error: Error; readonly isLeaseLost: boolean };

export interface Decision {
  readonly isBusy: boolean;
  readonly confirm: (detail: CandidateDetail, draft: Draft) => Promise<DecisionOutcome>;
  readonly reject: (detail: CandidateDetail, draft: Draft, reason: RejectReason) => Promise<DecisionOutcome>;
}

/** Sends a decision under the lease; what the server refuses comes back as an outcome, not as an exception. */
export function useDecision(lease: LeaseHandle): Decision {
  const [isBusy, setIsBusy] = useState(false);
  const confirming = useConfirm();
  const rejecting = useReject();

  const send = async (detail: CandidateDetail, act: (version: number) => Promise<DecisionOutcome>) => {
    setIsBusy(true);
    try {
      const leased = lease.state.status === 'held' ? lease.state.version : await lease.take();
      const outcome = await act(Math.max(leased, detail.version));
      lease.markDecided();
      return outcome;
    } catch (error) {
      return toFailure(error, lease);
    } finally {
      setIsBusy(false);
    }
  };

  return {
    isBusy,
    confirm: (detail, draft) =>
      send(detail, async (version) => {
        const { id } = detail;
        const body = { id, version, checks: draft.checks, level: draft.level, ...toNote(draft) };
        const result = await confirming.mutateAsync(body);
        return { kind: 'confirmed', caseNo: result.case.caseNo };
      }),
    reject: (detail, draft, reason) =>
      send(detail, async (version) => {
        await rejecting.mutateAsync({ id: detail.id, version, reason, ...toNote(draft) });
        return { kind: 'rejected', reason };
      }),
  };
}

function toNote(draft: Draft): { note?: string } {
  const note = draft.note.trim();
  return note === '' ? {} : { note };
}

function toFailure(thrown: unknown, lease: LeaseHandle): DecisionOutcome {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isLeaseLost = error instanceof RequestError && error.code === 'lease_lost';
  if (isLeaseLost) lease.markLost(error);
  if (error instanceof RequestError && error.code === 'conflict') {
    // Renewing brings the version up to date; if that fails as well, the lease line says why.
    lease.take().catch(() => undefined);
    return { kind: 'changed', error };
  }
  return { kind: 'refused', error, isLeaseLost };
}
