import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CaseLevel, EvidenceCheck, RejectReason } from '../../../domain/mod.ts';
import { deleteResource, getJson, postJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { CandidateDetail, CandidateSummary, CaseSummary, Lease, Page } from './types.ts';

/** How many candidates the queue shows at once. */
export const queueLimit = 50;
const fallbackRefreshMs = 30_000;

export function useCandidateQueue() {
  return useQuery({
    queryKey: queryKeys.candidateQueue,
    queryFn: ({ signal }) =>
      getJson<Page<CandidateSummary>>(
        `/api/candidates?state=pending_review,in_review&limit=${queueLimit}`,
        signal,
      ),
    refetchInterval: fallbackRefreshMs,
  });
}

export function useCandidate(id: string | null) {
  return useQuery({
    queryKey: queryKeys.candidate(id ?? ''),
    queryFn: ({ signal }) => getJson<CandidateDetail>(toCandidateUrl(id ?? ''), signal),
    enabled: id !== null,
  });
}

export function takeLease(id: string): Promise<{ lease: Lease; version: number }> {
  return postJson(`${toCandidateUrl(id)}/lease`);
}

export function releaseLease(id: string): Promise<void> {
  return deleteResource(`${toCandidateUrl(id)}/lease`, true);
}

export interface ConfirmRequest {
  readonly id: string;
  readonly version: number;
  readonly checks: Readonly<Record<EvidenceCheck, boolean>>;
  readonly level: CaseLevel;
  readonly note?: string;
}

export interface RejectRequest {
  readonly id: string;
  readonly version: number;
  readonly reason: RejectReason;
  readonly note?: string;
}

export function useConfirm() {
  const refresh = useRefreshAfterDecision();
  return useMutation({
    mutationFn: ({ id, ...body }: ConfirmRequest) =>
      postJson<{ candidate: CandidateSummary; case: CaseSummary }>(`${toCandidateUrl(id)}/confirm`, body),
    onSettled: refresh,
  });
}

export function useReject() {
  const refresh = useRefreshAfterDecision();
  return useMutation({
    mutationFn: ({ id, ...body }: RejectRequest) =>
      postJson<{ candidate: CandidateSummary }>(`${toCandidateUrl(id)}/reject`, body),
    onSettled: refresh,
  });
}

function useRefreshAfterDecision(): () => void {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [queryKeys.candidates, queryKeys.summary, queryKeys.cases])
      void client.invalidateQueries({ queryKey });
  };
}

function toCandidateUrl(id: string): string {
  return `/api/candidates/${encodeURIComponent(id)}`;
}
