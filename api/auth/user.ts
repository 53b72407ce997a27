import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { roles, XunjieError } from '../../domain/mod.ts';
import { Nullable, Reference } from '../http/schema.ts';

export const User = Type.Object({
  id: Type.String(),
  username: Type.String(),
  displayName: Type.String(),
  roles: Type.Array(Type.Enum([...roles])),
  unit: Nullable(Reference),
});
export type User = Static<typeof User>;

/** The user of a request on a route that is not public. */
export function requireUser(request: FastifyRequest): User {
  if (request.user === null) throw notLoggedIn();
  return request.user;
}

export function notLoggedIn(): XunjieError {
  return new XunjieError('unauthenticated', 'not logged in, or the session has ended');
}
