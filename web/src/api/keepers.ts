import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Role } from '../../../domain/mod.ts';
import { getJson, postJson, putJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime, UnitRef } from './types.ts';

export interface Account {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unit: UnitRef | null;
  readonly limitUnitIds: readonly string[] | null;
  readonly limitGridIds: readonly string[] | null;
  readonly employeeNo: string | null;
  readonly isLocked: boolean;
  readonly mustChangePassword: boolean;
  readonly hasSecondFactor: boolean;
  readonly subject: string | null;
  readonly lastLoginAt: IsoTime | null;
  readonly sessions: number;
}

export interface AccountDetails {
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly unitId: string | null;
  readonly limitUnitIds: readonly string[] | null;
  readonly limitGridIds: readonly string[] | null;
  readonly employeeNo: string | null;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly actor: string;
  readonly scopes: readonly string[];
  readonly perMinute: number;
  readonly limitUnitIds: readonly string[] | null;
  readonly limitGridIds: readonly string[] | null;
  readonly createdBy: string;
  readonly expiresAt: IsoTime;
  readonly lastUsedAt: IsoTime | null;
  readonly lastUsedIp: string | null;
  readonly revokedAt: IsoTime | null;
  readonly revokedBy: string | null;
}

export interface AuditLine {
  readonly seq: number;
  readonly at: IsoTime;
  readonly actor: string;
  readonly posts: readonly Role[] | null;
  readonly unit: string | null;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly result: string;
  readonly reason: string | null;
  readonly ip: string | null;
}

export type AccountAct = 'lock' | 'unlock' | 'end-sessions' | 'reset-password' | 'reset-second-factor';

export function useAccounts() {
  return useQuery({
    queryKey: queryKeys.accounts,
    queryFn: ({ signal }) => getJson<Account[]>('/api/accounts', signal),
  });
}

export function useKeys() {
  return useQuery({
    queryKey: queryKeys.keys,
    queryFn: ({ signal }) => getJson<ApiKey[]>('/api/keys', signal),
  });
}

/** A change whose list is read anew after it. */
export function useKeeperAct<Given, Result>(key: readonly string[], act: (given: Given) => Promise<Result>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  });
}

export const actOnAccount = ({ id, act }: { id: string; act: AccountAct }) =>
  postJson<{ oneTimePassword?: string }>(`/api/accounts/${id}/${act}`);
export const makeAccount = (given: AccountDetails & { username: string }) =>
  postJson<{ account: Account; oneTimePassword: string }>('/api/accounts', given);
export const changeAccount = ({ id, ...details }: AccountDetails & { id: string }) =>
  putJson<Account>(`/api/accounts/${id}`, details);
export const appointKeeper = ({ id, role }: { id: string; role: Role | null }) =>
  putJson<Account>(`/api/accounts/${id}/keeper`, { role });
export const setSubject = ({ id, subject }: { id: string; subject: string | null }) =>
  putJson<Account>(`/api/accounts/${id}/subject`, { subject });
export const makeKey = (given: {
  name: string;
  scopes: readonly string[];
  days: number;
  limitUnitIds: readonly string[] | null;
  limitGridIds: readonly string[] | null;
}) => postJson<{ key: ApiKey; token: string }>('/api/keys', given);
export const revokeKey = (id: string) => postJson<ApiKey>(`/api/keys/${id}/revoke`);

export function useAudit(filter: Readonly<Record<string, string>>) {
  return useInfiniteQuery({
    queryKey: queryKeys.audit(filter),
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams(filter);
      if (pageParam !== null) query.set('cursor', pageParam);
      return getJson<{ items: AuditLine[]; nextCursor: string | null }>(`/api/audit?${query}`, signal);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
  });
}
