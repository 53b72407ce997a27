import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { AttestationItem } from '../../../domain/mod.ts';
import { deleteResource, getJson, putJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime } from './types.ts';

export interface Attestation {
  readonly item: AttestationItem;
  readonly document: string;
  /** Local date. */
  readonly heldOn: string;
  readonly by: string;
  readonly at: IsoTime;
}

export interface CameraRecord {
  readonly camera: string;
  readonly evidenceEligible: boolean;
  readonly missing: readonly AttestationItem[];
  readonly held: readonly Attestation[];
}

export function useCameraRecord(id: string) {
  return useQuery({
    queryKey: queryKeys.cameraRecord(id),
    queryFn: ({ signal }) => getJson<CameraRecord>(`${toUrl(id)}/attestations`, signal),
  });
}

/** Vouches for an item of a camera; `null` withdraws it. */
export function useAttest(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (attesting: {
      readonly item: AttestationItem;
      readonly held: { readonly document: string; readonly heldOn: string } | null;
    }) => {
      const url = `${toUrl(id)}/attestations/${attesting.item}`;
      if (attesting.held === null) await deleteResource(url);
      else await putJson(url, attesting.held);
    },
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.cameras }),
  });
}

function toUrl(id: string): string {
  return `/api/cameras/${encodeURIComponent(id)}`;
}
