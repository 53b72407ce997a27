import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { roles, XunjieError } from '../../domain/mod.ts';
import { Nullable, Reference } from '../http/schema.ts';
import { Reach } from './reach.ts';

export const User = Type.Object({
  id: Type.String(),
  username: Type.String(),
  displayName: Type.String(),
  /** A machine is another system with a key; it holds no post. */
  kind: Type.Enum(['person', 'machine']),
  roles: Type.Array(Type.Enum([...roles])),
  unit: Nullable(Reference),
  offDuty: Type.Array(Type.Enum([...roles]), {
    description: 'Held posts that others are on duty for now, where the roster is enforced',
  }),
  reach: Reach,
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
