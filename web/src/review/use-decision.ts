import { useState } from 'react';
import type { EvidenceWant, RejectReason, ReminderChannel } from '../../../domain/mod.ts';
import { type DecisionRequest, useDecide } from '../api/candidates.ts';
import { RequestError } from '../api/client.ts';
import type { CandidateDetail } from '../api/types.ts';
import type { Draft } from './drafts.ts';
import type { LeaseHandle } from './use-lease.ts';

/** What a reviewer may decide, with what each needs beside the draft. */
export type Verdict =
  | { readonly kind: 'confirmed' }
  | { readonly kind: 'rejected'; readonly reason: RejectReason }
  | { readonly kind: 'needs_evidence'; readonly wants: EvidenceWant }
  | { readonly kind: 'reminded'; readonly channel: ReminderChannel }
  | { readonly kind: 'merged'; readonly into: string };

export type DecisionOutcome =
  | { readonly kind: 'decided'; readonly verdict: Verdict; readonly detail: CandidateDetail }
  /** The candidate is not what it was when it was read: look again. */
  | { readonly kind: 'changed'; readonly error: Error }
  | { readonly kind: 'refused'; readonly error: Error; readonly isLeaseLost: boolean };

export interface Decision {
  readonly isBusy: boolean;
  readonly decide: (detail: CandidateDetail, draft: Draft, verdict: Verdict) => Promise<DecisionOutcome>;
}

/** Sends a decision under the lease; what the server refuses comes back as an outcome, not as an exception. */
export function useDecision(lease: LeaseHandle): Decision {
  const [isBusy, setIsBusy] = useState(false);
  const deciding = useDecide();
  return {
    isBusy,
    decide: async (detail, draft, verdict) => {
      setIsBusy(true);
      try {
        const leased = lease.state.status === 'held' ? lease.state.version : await lease.take();
        const version = Math.max(leased, detail.version);
        const reply = await deciding.mutateAsync(toRequest(detail, version, draft, verdict));
        lease.markDecided();
        return { kind: 'decided', verdict, detail: reply.candidate };
      } catch (error) {
        return toFailure(error, lease);
      } finally {
        setIsBusy(false);
      }
    },
  };
}

function toRequest(
  detail: CandidateDetail,
  version: number,
  draft: Draft,
  verdict: Verdict,
): DecisionRequest {
  const note = draft.note.trim();
  const common = { id: detail.id, version, ...(note === '' ? {} : { note }) };
  switch (verdict.kind) {
    case 'confirmed': {
      const { checks, level, driverAbsent } = draft;
      const track = detail.penaltyTrack ? 'penalty' : draft.track;
      return {
        ...common,
        act: 'confirm',
        checks,
        level,
        track,
        ...(detail.needsDriverAbsent ? { driverAbsent } : {}),
      };
    }
    case 'rejected':
      return { ...common, act: 'reject', reason: verdict.reason };
    case 'needs_evidence':
      return { ...common, act: 'ask-evidence', wants: verdict.wants };
    case 'merged':
      return { ...common, act: 'merge', into: verdict.into };
    case 'reminded':
    default:
      return { ...common, act: 'remind', channel: verdict.channel };
  }
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
