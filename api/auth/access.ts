import type { FastifyInstance, FastifyRequest } from 'fastify';
import { XunjieError } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import { createGatherer, type Gatherer } from '../database/gather.ts';
import { refuseForeignOrigin } from '../http/origin-guard.ts';
import { isAct, requireOnDuty } from '../roster/require-on-duty.ts';
import { findMachine, type Machine, readKeyToken } from './keys/api-key.ts';
import { isAllowed, listPosts, type Permission, toMachineScope } from './permissions.ts';
import { type Duty, findSessions, type Session } from './session-store.ts';
import { notLoggedIn, type User } from './user.ts';

export const sessionCookie = 'xunjie_session';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call the route. Every route declares it. */
    permission?: Permission;
  }
  interface FastifyRequest {
    user: User | null;
    /** Names the session without giving it away; `null` for a machine. */
    sessionHash: string | null;
    /** What somebody must do before anything but their own account. */
    duty: Duty | null;
    /** The other system that asks with a key. */
    machine: Machine | null;
  }
  interface FastifyInstance {
    /** Every route as it was registered, for those who check them all. */
    accessTable: AccessRow[];
  }
}

export interface AccessRow {
  readonly method: string;
  readonly url: string;
  readonly permission: Permission;
}

/** Where the built pages lie; they hold nothing that anybody may not see. */
const pagesRoute = '/*';

/** Lets a request pass only with the permission that its route declares, before its body is read. */
export function guardAccess(app: FastifyInstance, context: ConsoleContext): void {
  const sessions = createGatherer((tokens) => findSessions(context.reads, context, tokens));
  app.decorateRequest('user', null);
  app.decorateRequest('sessionHash', null);
  app.decorateRequest('duty', null);
  app.decorateRequest('machine', null);
  app.decorate('accessTable', []);
  app.addHook('onRoute', ({ method, url, config }) => {
    if (url === pagesRoute) return;
    const permission = config?.permission;
    if (permission === undefined) throw new Error(`route ${url} declares no permission`);
    for (const one of [method].flat()) app.accessTable.push({ method: one, url, permission });
  });
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/api')) reply.header('cache-control', 'no-store');
    await refuseForeignOrigin(request);
    const permission = request.routeOptions.config.permission ?? 'public';
    if (permission === 'public') return;
    const token = readKeyToken(request.headers);
    if (token === null) await admitPerson(sessions, request, permission);
    else await admitMachine(context, request, permission, token);
  });
}

async function admitPerson(
  sessions: Gatherer<Session>,
  request: FastifyRequest,
  permission: Exclude<Permission, 'public'>,
): Promise<void> {
  const token = request.cookies[sessionCookie];
  const session = token === undefined ? null : await sessions.get(token);
  if (session === null) throw notLoggedIn();
  noteActor(request, session.user);
  if (permission !== 'self') requireNoDuty(session);
  if (!isAllowed(permission, session.user.roles)) throw refusePost(permission, session.user);
  const { method } = request;
  request.user = isAct(permission, method)
    ? requireOnDuty(permission, session.user, session.onDuty)
    : session.user;
  request.sessionHash = session.tokenHash;
  request.duty = session.duty;
}

async function admitMachine(
  context: ConsoleContext,
  request: FastifyRequest,
  permission: Exclude<Permission, 'public'>,
  token: string,
): Promise<void> {
  const machine = await findMachine(context, token, request.ip);
  if (machine === null)
    throw new XunjieError('unauthenticated', 'the key is not known, has run out or was revoked');
  noteActor(request, machine.user);
  const scope = toMachineScope(permission);
  if (scope === null)
    throw new XunjieError('forbidden', 'this is for a person with a name; no key does it', {
      details: { permission },
    });
  // What changes something needs a scope that says so; `directory.read` reads.
  const isReading = ['GET', 'HEAD'].includes(request.method);
  if (!machine.scopes.includes(scope) || (scope.endsWith('.read') && !isReading))
    throw new XunjieError('forbidden', `the key has not the scope ${scope}`, { details: { scope } });
  request.user = machine.user;
  request.machine = machine;
}

function noteActor(request: FastifyRequest, user: User): void {
  if (request.act === null) return;
  request.act.actor = user.username;
  request.act.posts = user.roles;
  request.act.unitId = user.unit?.id ?? null;
}

const duties: Readonly<Record<Duty, () => XunjieError>> = {
  password: () =>
    new XunjieError(
      'password_change_required',
      'this password was set by somebody else: choose your own first (PUT /api/account/password)',
    ),
  second_factor: () =>
    new XunjieError(
      'second_factor_required',
      'your post comes in with a second factor: set one up first (POST /api/account/totp)',
    ),
};

function requireNoDuty({ duty }: Session): void {
  if (duty !== null) throw duties[duty]();
}

function refusePost(permission: Exclude<Permission, 'public'>, user: User): XunjieError {
  const posts = listPosts(permission);
  return new XunjieError('forbidden', `${user.username} may not do this; it is for ${posts.join(', ')}`, {
    details: { permission, posts },
  });
}
