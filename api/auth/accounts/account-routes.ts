import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import type { Permission } from '../permissions.ts';
import { requireUser } from '../user.ts';
import {
  appointKeeper,
  type By,
  changeAccount,
  createAccount,
  endAccountSessions,
  listAccounts,
  resetPassword,
  resetSecondFactor,
  setLocked,
  setSubject,
} from './account-store.ts';
import { AccountBody, AccountView, KeeperBody, NewAccountBody, SubjectBody } from './schema.ts';

const tags = ['accounts'];
const Path = Type.Object({ id: Type.String({ pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' }) });
const WithPassword = Type.Object({ account: AccountView, oneTimePassword: Type.String() });

/** Acts that need nothing but to be asked for. */
const plainActs: readonly {
  readonly name: string;
  readonly permission: Permission;
  readonly summary: string;
  readonly act: (context: ConsoleContext, id: string, by: By) => Promise<AccountView>;
}[] = [
  {
    name: 'lock',
    permission: 'accounts.stop',
    summary: 'Lock an account: its sessions end at once',
    act: (context, id, by) => setLocked(context, id, true, by),
  },
  {
    name: 'unlock',
    permission: 'accounts.manage',
    summary: 'Unlock an account, also after too many wrong passwords',
    act: (context, id, by) => setLocked(context, id, false, by),
  },
  {
    name: 'end-sessions',
    permission: 'accounts.stop',
    summary: 'Log an account out everywhere',
    act: endAccountSessions,
  },
  {
    name: 'reset-second-factor',
    permission: 'accounts.reset',
    summary: 'Remove a second factor whose phone is gone',
    act: resetSecondFactor,
  },
];

/** Accounts of people, for those who keep the system. */
export function registerAccountRoutes(app: App, context: ConsoleContext): void {
  app.route({
    method: 'GET',
    url: '/api/accounts',
    config: { permission: 'accounts.read' },
    schema: { tags, summary: 'All accounts of people', response: { 200: Type.Array(AccountView) } },
    handler: async () => listAccounts(context),
  });
  app.route({
    method: 'POST',
    url: '/api/accounts',
    config: { permission: 'accounts.manage' },
    schema: {
      tags,
      summary: 'Make an account; its one-time password is in this answer alone',
      body: NewAccountBody,
      response: { 201: WithPassword },
    },
    handler: async (request, reply) =>
      reply.status(201).send(await createAccount(context, request.body, toBy(request))),
  });
  app.route({
    method: 'PUT',
    url: '/api/accounts/:id',
    config: { permission: 'accounts.manage' },
    schema: {
      tags,
      summary: 'Change posts, unit and limits of an account',
      params: Path,
      body: AccountBody,
      response: { 200: AccountView },
    },
    handler: async (request) => changeAccount(context, request.params.id, request.body, toBy(request)),
  });
  app.route({
    method: 'PUT',
    url: '/api/accounts/:id/keeper',
    config: { permission: 'accounts.appoint' },
    schema: {
      tags,
      summary: 'Make somebody without a post administrator, security administrator or auditor, or end that',
      params: Path,
      body: KeeperBody,
      response: { 200: AccountView },
    },
    handler: async (request) => appointKeeper(context, request.params.id, request.body.role, toBy(request)),
  });
  app.route({
    method: 'PUT',
    url: '/api/accounts/:id/subject',
    config: { permission: 'accounts.reset' },
    schema: {
      tags,
      summary: 'Tie an account to a subject of the city’s provider',
      params: Path,
      body: SubjectBody,
      response: { 200: AccountView },
    },
    handler: async (request) => setSubject(context, request.params.id, request.body.subject, toBy(request)),
  });
  app.route({
    method: 'POST',
    url: '/api/accounts/:id/reset-password',
    config: { permission: 'accounts.reset' },
    schema: {
      tags,
      summary: 'Set a one-time password; it is in this answer alone',
      params: Path,
      response: { 200: WithPassword },
    },
    handler: async (request) => resetPassword(context, request.params.id, toBy(request)),
  });
  for (const { name, permission, summary, act } of plainActs)
    app.route({
      method: 'POST',
      url: `/api/accounts/:id/${name}`,
      config: { permission },
      schema: { tags, summary, params: Path, response: { 200: AccountView } },
      handler: async (request) => act(context, request.params.id, toBy(request)),
    });
}

function toBy(request: FastifyRequest): By {
  return { user: requireUser(request), ip: request.ip };
}
