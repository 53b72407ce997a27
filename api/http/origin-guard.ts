import type { FastifyRequest } from 'fastify';
import { XunjieError } from '../../domain/mod.ts';

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Refuses a change that a page of another site asks a logged-in browser to make. `Sec-Fetch-Site` is the browser's own word
 * and decides where it is given; older browsers send `Origin`; a program sends neither and has no cookie to misuse.
 */
export async function refuseForeignOrigin(request: FastifyRequest): Promise<void> {
  if (readingMethods.has(request.method)) return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) {
    if (site !== 'same-origin' && site !== 'none') throw foreign();
    return;
  }
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw foreign();
}

function foreign(): XunjieError {
  return new XunjieError('forbidden', 'a page of another site may not change anything here');
}
