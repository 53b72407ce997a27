import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { deleteResource, getJson, isUnauthenticated, postJson } from './client.ts';
import { queryKeys } from './query-keys.ts';
import type { User } from './types.ts';

/** Who is logged in; `null` when nobody is, `undefined` while it is not known. */
export function useSession() {
  return useQuery({
    queryKey: queryKeys.session,
    queryFn: async ({ signal }): Promise<User | null> => {
      try {
        return (await getJson<{ user: User }>('/api/session', signal)).user;
      } catch (error) {
        if (isUnauthenticated(error)) return null;
        throw error;
      }
    },
    staleTime: 60_000,
  });
}

export function useLogin() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (credentials: { username: string; password: string }) =>
      postJson<{ user: User }>('/api/session', credentials),
    onSuccess: ({ user }) => client.setQueryData(queryKeys.session, user),
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
