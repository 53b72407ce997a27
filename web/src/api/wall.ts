import { useQuery } from '@tanstack/react-query';
import type { CaseState } from '../../../domain/mod.ts';
import { getJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime, OffenceRef } from './types.ts';

export interface WallCandidate {
  readonly id: string;
  readonly camera: string;
  readonly offence: OffenceRef;
  readonly raisedAt: IsoTime;
  readonly isHeld: boolean;
}

export interface WallCase {
  readonly caseNo: string;
  readonly offence: OffenceRef | null;
  readonly className: string;
  readonly state: CaseState;
  readonly place: string | null;
  readonly unit: string | null;
  readonly createdAt: IsoTime;
  readonly deadline: IsoTime | null;
  readonly isOverdue: boolean;
}

export interface Wall {
  readonly now: IsoTime;
  readonly candidates: readonly WallCandidate[];
  readonly overdue: readonly WallCase[];
  readonly urgent: readonly WallCase[];
}

const fallbackRefreshMs = 15_000;

export function useWall() {
  return useQuery({
    queryKey: queryKeys.wall,
    queryFn: ({ signal }) => getJson<Wall>('/api/wall', signal),
    refetchInterval: fallbackRefreshMs,
    // A wall is looked at whether or not its window has the focus.
    refetchIntervalInBackground: true,
  });
}
