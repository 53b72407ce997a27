import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { deleteResource, getJson, postJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime, UnitRef } from './types.ts';

export interface Integration {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly direction: 'in' | 'out' | 'both';
  readonly url: string | null;
  readonly events: readonly string[];
  readonly accepts: readonly string[];
  readonly unit: UnitRef | null;
  readonly state: 'enabled' | 'disabled';
  readonly disabledReason: string | null;
  readonly version: number;
  readonly health: {
    readonly state: 'ok' | 'unknown' | 'late' | 'failing' | 'disabled';
    readonly lastSuccessAt: IsoTime | null;
    readonly lastError: string | null;
    readonly queued: number;
    readonly dead: number;
    readonly lagSeconds: number;
    readonly failedIn: number;
  };
}

export type OutboxState = 'queued' | 'delivered' | 'dead' | 'dropped';

export interface OutboxMessage {
  readonly id: string;
  readonly integration: string;
  readonly type: string;
  readonly orderingKey: string;
  readonly state: OutboxState;
  readonly attempts: number;
  readonly createdAt: IsoTime;
  readonly nextAt: IsoTime | null;
  readonly lastError: string | null;
  readonly decidedBy: string | null;
  readonly decidedReason: string | null;
}

export type InboxState = 'applied' | 'refused' | 'failed';

export interface InboxMessage {
  readonly integration: string;
  readonly id: string;
  readonly type: string;
  readonly state: InboxState;
  readonly attempts: number;
  readonly receivedAt: IsoTime;
  readonly result: string | null;
  readonly data: unknown;
}

interface OutboxPage {
  readonly items: readonly OutboxMessage[];
  readonly total: number;
  readonly nextCursor: string | null;
}

export interface NewIntegration {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly direction: Integration['direction'];
  readonly url: string | null;
  readonly events: readonly string[];
  readonly accepts: readonly string[];
}

/** Health changes without anybody doing anything here. */
const refreshMs = 15_000;

export function useIntegrations() {
  return useQuery({
    queryKey: queryKeys.integrations,
    queryFn: ({ signal }) => getJson<Integration[]>('/api/integrations', signal),
    refetchInterval: refreshMs,
  });
}

export function useOutbox(state: OutboxState) {
  return useInfiniteQuery({
    queryKey: queryKeys.outbox(state),
    initialPageParam: '',
    queryFn: ({ signal, pageParam }) => {
      const query = new URLSearchParams({
        state,
        limit: '50',
        ...(pageParam !== '' && { cursor: pageParam }),
      });
      return getJson<OutboxPage>(`/api/outbox?${query}`, signal);
    },
    getNextPageParam: (page) => page.nextCursor,
    refetchInterval: refreshMs,
  });
}

/** The newest two hundred. */
export function useInbox(state: InboxState) {
  return useQuery({
    queryKey: queryKeys.inbox(state),
    queryFn: ({ signal }) => getJson<InboxMessage[]>(`/api/inbox?state=${state}&limit=200`, signal),
    refetchInterval: refreshMs,
  });
}

export function useOutboxPayload(id: string | null) {
  return useQuery({
    queryKey: queryKeys.outboxMessage(id ?? ''),
    enabled: id !== null,
    queryFn: ({ signal }) => getJson<{ payload: unknown }>(`/api/outbox/${id}`, signal),
  });
}

export const addIntegration = (given: NewIntegration) =>
  postJson<{ integration: Integration; secret: string }>('/api/integrations', given);
export const switchIntegration = ({ id, state }: Pick<Integration, 'id' | 'state'>) =>
  postJson<Integration>(`/api/integrations/${id}/state`, { state });
export const pingIntegration = (id: string) => postJson<unknown>(`/api/integrations/${id}/ping`);
export const removeIntegration = (id: string) => deleteResource(`/api/integrations/${id}`);
export const replayMessage = (id: string) => postJson<unknown>(`/api/outbox/${id}/replay`);
export const dropMessage = ({ id, reason }: { id: string; reason: string }) =>
  postJson<unknown>(`/api/outbox/${id}/drop`, { reason });
export const replayInbox = ({ integration, id }: Pick<InboxMessage, 'integration' | 'id'>) =>
  postJson<{ state: InboxState; result: string }>(`/api/inbox/${encodeURIComponent(integration)}/replay`, {
    message: id,
  });
