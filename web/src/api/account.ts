import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deleteResource, getJson, postJson, putJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { IsoTime } from './types.ts';

export interface OwnAccount {
  readonly username: string;
  readonly displayName: string;
  readonly hasPassword: boolean;
  readonly mustChangePassword: boolean;
  readonly passwordChangedAt: IsoTime | null;
  readonly hasProvider: boolean;
  readonly secondFactor: {
    readonly isOn: boolean;
    readonly isRequired: boolean;
    readonly since: IsoTime | null;
    readonly recoveryCodesLeft: number;
  };
}

export interface OwnSession {
  readonly id: string;
  readonly isThis: boolean;
  readonly createdAt: IsoTime;
  readonly usedAt: IsoTime;
  readonly ip: string | null;
  readonly agent: string | null;
}

export interface BegunFactor {
  readonly secret: string;
  readonly uri: string;
  readonly qrSvg: string;
}

export function useOwnAccount() {
  return useQuery({
    queryKey: queryKeys.account,
    queryFn: ({ signal }) => getJson<OwnAccount>('/api/account', signal),
  });
}

export function useOwnSessions() {
  return useQuery({
    queryKey: queryKeys.accountSessions,
    queryFn: ({ signal }) => getJson<OwnSession[]>('/api/account/sessions', signal),
  });
}

/** An act on the own account; what is shown of it, and what must be done first, is read anew. */
export function useAccountAct<Given, Result>(act: (given: Given) => Promise<Result>, isQuiet = false) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: act,
    onSuccess: async () => {
      if (isQuiet) return;
      await client.invalidateQueries({ queryKey: queryKeys.account });
      await client.invalidateQueries({ queryKey: queryKeys.session, exact: true });
    },
  });
}

export const changePassword = (given: { current: string; next: string }) =>
  putJson<void>('/api/account/password', given);
export const beginFactor = (given: { current: string }) => postJson<BegunFactor>('/api/account/totp', given);
export const confirmFactor = (given: { code: string }) =>
  postJson<{ recoveryCodes: string[] }>('/api/account/totp/confirm', given);
export const renewRecoveryCodes = (given: { code: string }) =>
  postJson<{ recoveryCodes: string[] }>('/api/account/totp/recovery-codes', given);
export const removeFactor = (given: { current: string; code: string }) =>
  postJson<void>('/api/account/totp/remove', given);
export const endOwnSession = (id: string) => deleteResource(`/api/account/sessions/${id}`);
export const endAllSessions = () => deleteResource('/api/account/sessions');
