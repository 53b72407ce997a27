import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { isUnauthenticated, RequestError } from './client.ts';
import { queryKeys } from './query-keys.ts';

const maxRetries = 2;

/** One client per page. A session that has ended anywhere ends it everywhere: the login page follows from that. */
export function createQueryClient(): QueryClient {
  const endSession = (error: unknown) => {
    if (isUnauthenticated(error) && client.getQueryData(queryKeys.session) !== null)
      client.setQueryData(queryKeys.session, null);
  };
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError: endSession }),
    mutationCache: new MutationCache({ onError: endSession }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (failures, error) => failures < maxRetries && !isFinal(error),
      },
      mutations: { retry: false },
    },
  });
  return client;
}

function isFinal(error: unknown): boolean {
  return error instanceof RequestError && error.status >= 400 && error.status < 500;
}
