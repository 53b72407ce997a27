import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { CaseAction } from '../../../domain/mod.ts';
import { getJson, postForm, postJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { CaseDetail, CasePage, CaseSummary, Photo, RosterNow, Standard, Unit } from './types.ts';

const pageSize = 50;
const fallbackRefreshMs = 60_000;

/** Filter fields go to the server as they are: `state` (comma separated), `unit` (`mine` or an id), `text`, `number`, `late`, `sort`. */
export function useCaseList(filter: Readonly<Record<string, string>>) {
  return useInfiniteQuery({
    queryKey: queryKeys.caseList(filter),
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({ ...filter, limit: String(pageSize) });
      if (pageParam !== null) query.set('cursor', pageParam);
      return getJson<CasePage>(`/api/cases?${query}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor,
    refetchInterval: fallbackRefreshMs,
  });
}

export function useCase(caseNo: string) {
  return useQuery({
    queryKey: queryKeys.case(caseNo),
    queryFn: ({ signal }) => getJson<CaseDetail>(toCaseUrl(caseNo), signal),
  });
}

export interface ActionRequest {
  readonly version: number;
  readonly unit?: string;
  readonly units?: readonly string[];
  readonly reason?: string;
  readonly photo?: string;
  readonly beforePhoto?: string;
  readonly point?: { readonly lon: number; readonly lat: number };
  readonly exists?: boolean;
  /** ISO 8601 with offset. */
  readonly until?: string;
  readonly master?: string;
  readonly standard?: string;
  readonly omitted?: boolean;
  readonly note?: string;
}

export function useCaseAction(caseNo: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, body }: { action: CaseAction; body: ActionRequest }) =>
      postJson<CaseDetail>(`${toCaseUrl(caseNo)}/actions/${action}`, body),
    onSuccess: (detail) => client.setQueryData(queryKeys.case(caseNo), detail),
    onSettled: () => {
      for (const queryKey of [queryKeys.cases, queryKeys.summary])
        void client.invalidateQueries({ queryKey });
    },
  });
}

export function useUnits(enabled: boolean) {
  return useQuery({
    queryKey: queryKeys.units,
    queryFn: ({ signal }) => getJson<readonly Unit[]>('/api/units', signal),
    enabled,
    staleTime: 300_000,
  });
}

/** Shifts change on the minute. */
const rosterFreshMs = 60_000;

export function useRoster() {
  return useQuery({
    queryKey: queryKeys.roster,
    queryFn: ({ signal }) => getJson<RosterNow>('/api/roster/now', signal),
    staleTime: rosterFreshMs,
    refetchInterval: rosterFreshMs,
  });
}

export function useStandards({ scheme, code }: CaseSummary['class'], enabled: boolean) {
  return useQuery({
    queryKey: queryKeys.standards(`${scheme} ${code}`),
    queryFn: ({ signal }) =>
      getJson<readonly Standard[]>(
        `/api/standards?scheme=${encodeURIComponent(scheme)}&code=${encodeURIComponent(code)}`,
        signal,
      ),
    enabled,
    staleTime: 300_000,
  });
}

export function useUploadPhoto() {
  return useMutation({
    mutationFn: (file: File) => {
      const form = new FormData();
      form.append('photo', file);
      return postForm<Photo>('/api/photos', form);
    },
  });
}

function toCaseUrl(caseNo: string): string {
  return `/api/cases/${encodeURIComponent(caseNo)}`;
}
