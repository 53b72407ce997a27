import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { EnforcementAction, EnforcementState, ObjectionReason, Role } from '../../../domain/mod.ts';
import { getJson, postJson } from './client.ts';
import type { OutboxState } from './integrations.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime } from './types.ts';

/** Typed whole: a ground that the server gains or loses does not compile here. */
const grounds: Readonly<Record<ObjectionReason, true>> = {
  emergency_vehicle: true,
  stolen_or_cloned_plate: true,
  rescue_or_necessity: true,
  handled_on_site: true,
  contradictory_signals: true,
  record_unclear: true,
  plate_misread: true,
  other: true,
};
export const objectionReasons = Object.keys(grounds) as ObjectionReason[];

export interface EnforcementStep {
  readonly seq: number;
  /** A step taken here, `open`, `handed_over`, or `import`. */
  readonly action: EnforcementAction | 'open' | 'handed_over' | 'import';
  readonly to: EnforcementState;
  readonly actor: string;
  readonly role: Role | null;
  readonly at: IsoTime;
  readonly note: string | null;
}

export interface Enforcement {
  readonly caseNo: string;
  readonly state: EnforcementState;
  readonly version: number;
  readonly notifiedAt: IsoTime | null;
  readonly objectionUntil: IsoTime | null;
  readonly objectionReason: ObjectionReason | null;
  /** How the hand-over stands in the outbox. */
  readonly handOver: OutboxState | null;
  readonly reference: string | null;
  readonly steps: readonly EnforcementStep[];
  /** What the user may do now. */
  readonly actions: readonly EnforcementAction[];
}

export interface EnforcementRequest {
  readonly version: number;
  readonly note?: string;
  readonly reason?: ObjectionReason;
}

const toUrl = (caseNo: string) => `/api/enforcement/${encodeURIComponent(caseNo)}`;

export function useEnforcement(caseNo: string, enabled: boolean) {
  return useQuery({
    queryKey: queryKeys.enforcement(caseNo),
    enabled,
    queryFn: ({ signal }) => getJson<Enforcement>(toUrl(caseNo), signal),
  });
}

export function useEnforcementAction(caseNo: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, body }: { action: EnforcementAction; body: EnforcementRequest }) =>
      postJson<Enforcement>(`${toUrl(caseNo)}/actions/${action}`, body),
    onSuccess: (track) => client.setQueryData(queryKeys.enforcement(caseNo), track),
    // Somebody else was first: what is shown is not how it stands.
    onError: () => client.invalidateQueries({ queryKey: queryKeys.enforcement(caseNo) }),
  });
}
