import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  CaseLevel,
  CaseTrack,
  EvidenceCheck,
  EvidenceWant,
  RejectReason,
  ReminderChannel,
} from '../../../domain/mod.ts';
import { deleteResource, getJson, postJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type {
  BatchResult,
  CandidateDetail,
  CandidateSummary,
  CaseSummary,
  Lease,
  Page,
  StillMoment,
} from './types.ts';

/** How many candidates the queue shows at once. */
export const queueLimit = 50;
const fallbackRefreshMs = 30_000;

export function useCandidateQueue() {
  return useQuery({
    queryKey: queryKeys.candidateQueue,
    queryFn: ({ signal }) => fetchQueue(signal),
    refetchInterval: fallbackRefreshMs,
  });
}

/** The first page of the queue as it is now. */
export function fetchQueue(signal?: AbortSignal): Promise<Page<CandidateSummary>> {
  return getJson(`/api/candidates?state=pending_review,in_review&limit=${queueLimit}`, signal);
}

export function useCandidate(id: string | null, refreshMs: number | false = false) {
  return useQuery({
    queryKey: queryKeys.candidate(id ?? ''),
    queryFn: ({ signal }) => getJson<CandidateDetail>(toCandidateUrl(id ?? ''), signal),
    enabled: id !== null,
    refetchInterval: refreshMs,
  });
}

export function takeLease(id: string): Promise<{ lease: Lease; version: number }> {
  return postJson(`${toCandidateUrl(id)}/lease`);
}

export function releaseLease(id: string): Promise<void> {
  return deleteResource(`${toCandidateUrl(id)}/lease`, true);
}

/** What a reviewer sends beside the version: the act and its body. */
export type DecisionRequest = { readonly id: string; readonly version: number; readonly note?: string } & (
  | {
      readonly act: 'confirm';
      readonly checks: Readonly<Record<EvidenceCheck, boolean>>;
      readonly driverAbsent?: boolean;
      readonly track?: CaseTrack;
      readonly level: CaseLevel;
    }
  | { readonly act: 'reject'; readonly reason: RejectReason }
  | { readonly act: 'ask-evidence'; readonly wants: EvidenceWant }
  | { readonly act: 'remind'; readonly channel: ReminderChannel }
  | { readonly act: 'merge'; readonly into: string }
);

export function useDecide() {
  const refresh = useRefreshAfterDecision();
  return useMutation({
    mutationFn: ({ id, act, ...body }: DecisionRequest) =>
      postJson<{ candidate: CandidateDetail; case?: CaseSummary | null }>(
        `${toCandidateUrl(id)}/${act}`,
        body,
      ),
    onSettled: refresh,
  });
}

export function useUndo() {
  const refresh = useRefreshAfterDecision();
  return useMutation({
    mutationFn: (id: string) => postJson<{ candidate: CandidateDetail }>(`${toCandidateUrl(id)}/undo`, {}),
    onSettled: refresh,
  });
}

export function useRejectBatch() {
  const refresh = useRefreshAfterDecision();
  return useMutation({
    mutationFn: (body: {
      readonly items: readonly { readonly id: string; readonly version: number }[];
      readonly reason: RejectReason;
      readonly note?: string;
    }) => postJson<{ results: BatchResult[] }>('/api/candidates/batch-reject', body),
    onSettled: refresh,
  });
}

/** Tells the server what has been drawn large; answers all that it knows as shown under this lease. */
export function acknowledgeStills(
  id: string,
  moments: readonly StillMoment[],
): Promise<{ shown: StillMoment[] }> {
  return postJson(`${toCandidateUrl(id)}/stills-shown`, { moments });
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
