import { useQuery } from '@tanstack/react-query';
import { getJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { CameraRow, Summary } from './types.ts';

const fallbackRefreshMs = 30_000;

export function useSummary() {
  return useQuery({
    queryKey: queryKeys.summary,
    queryFn: ({ signal }) => getJson<Summary>('/api/summary', signal),
    refetchInterval: fallbackRefreshMs,
  });
}

export function useCameras() {
  return useQuery({
    queryKey: queryKeys.cameras,
    queryFn: ({ signal }) => getJson<readonly CameraRow[]>('/api/cameras', signal),
    refetchInterval: fallbackRefreshMs,
  });
}
