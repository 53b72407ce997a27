import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { XunjieError } from '../../domain/mod.ts';
import type { AuthSettings } from '../auth/auth-settings.ts';

/** Callers that are counted at once in each process; who was not seen longest is forgotten first. */
const maxCallers = 20_000;

/**
 * How often anybody may ask in a minute: a key as often as it says, a session, and an address that nobody has logged in from. Routes
 * may be stricter. Counted in each process by itself: several consoles together let through as many times more.
 */
export async function limitRates(app: FastifyInstance, perMinute: AuthSettings['perMinute']): Promise<void> {
  await app.register(rateLimit, {
    global: true,
    timeWindow: '1 minute',
    cache: maxCallers,
    keyGenerator: toCaller,
    max: (request) =>
      request.machine?.perMinute ?? (request.sessionHash === null ? perMinute.address : perMinute.session),
    // The pages themselves are files, and many desks share an address.
    allowList: (request) => request.routeOptions.url === '/*',
    errorResponseBuilder: (request, { after }) =>
      new XunjieError('too_many_requests', `too many requests ${nameCaller(request)}; try again in ${after}`),
  });
}

function toCaller({ machine, sessionHash, ip }: FastifyRequest): string {
  if (machine !== null) return `key ${machine.keyId}`;
  return sessionHash === null ? `address ${ip}` : `session ${sessionHash}`;
}

function nameCaller({ machine, sessionHash }: FastifyRequest): string {
  if (machine !== null) return 'with this key';
  return sessionHash === null ? 'from this address' : 'in this session';
}
