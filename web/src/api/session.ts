import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deleteResource, getJson, isUnauthenticated, postJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { User } from './types.ts';

interface SessionReply {
  readonly user: Omit<User, 'duty'>;
  readonly duty: User['duty'];
}

const toUser = ({ user, duty }: SessionReply): User => ({ ...user, duty });

/** Who is logged in; `null` when nobody is, `undefined` while it is not known. */
export function useSession() {
  return useQuery({
    queryKey: queryKeys.session,
    queryFn: async ({ signal }): Promise<User | null> => {
      try {
        return toUser(await getJson<SessionReply>('/api/session', signal));
      } catch (error) {
        if (isUnauthenticated(error)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

/** The ways to log in beside name and password. */
export function useLoginWays() {
  return useQuery({
    queryKey: queryKeys.loginWays,
    queryFn: ({ signal }) =>
      getJson<{ provider: { label: string; url: string } | null }>('/api/session/ways', signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { username: string; password: string; code?: string }) =>
      postJson<SessionReply>('/api/session', credentials),
    onSuccess: (reply) => client.setQueryData(queryKeys.session, toUser(reply)),
  });
}

export function useLogout() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => deleteResource('/api/session'),
    onSuccess: () => {
      client.setQueryData(queryKeys.session, null);
      // Nothing that the one has seen stays for the next who logs in here.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.session[0] });
    },
  });
}
