import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getJson, postJson, putJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime } from './types.ts';

interface Plate {
  /** With stars where `masked` is true. */
  readonly plate: string;
  readonly masked: boolean;
  readonly mayReveal: boolean;
  readonly enteredBy: string;
  readonly enteredAt: IsoTime;
  readonly otherCandidates: number;
}

const toUrl = (candidateId: string): string => `/api/candidates/${encodeURIComponent(candidateId)}/plate`;

/** The plate as it is shown to everybody: masked; `null` where none was entered. */
export function usePlate(candidateId: string) {
  return useQuery({
    queryKey: queryKeys.plate(candidateId),
    queryFn: async ({ signal }) => {
      const found = await getJson<Plate | { readonly plate: null }>(toUrl(candidateId), signal);
      return found.plate === null ? null : found;
    },
  });
}

export function useEnterPlate(candidateId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (plate: string) => putJson<void>(toUrl(candidateId), { plate }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.plate(candidateId) }),
  });
}

/** Whole, for a reason that is kept. It is held by the page that asked and by nothing else. */
export function useRevealPlate(candidateId: string) {
  return useMutation({
    mutationFn: (reason: string) => postJson<Plate>(`${toUrl(candidateId)}/reveal`, { reason }),
  });
}
