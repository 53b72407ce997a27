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
  | { readonly kind: 'changed'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string };

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

function toFailure(error: unknown, lease: LeaseHandle): DecisionOutcome {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RequestError && error.code === 'lease_lost') lease.markLost(message);
  if (error instanceof RequestError && error.code === 'conflict') return { kind: 'changed', message };
  return { kind: 'refused', message };
}
