import { Type } from 'typebox';
import { enforcementActions, enforcementStates } from '../../../domain/mod.ts';
import { giveSession } from '../../auth/session-cookie.ts';
import { requireUser, User } from '../../auth/user.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { actOnEnforcement } from './act.ts';
import type { EnforcementGateways } from './gateway.ts';
import { logInByCode } from './palm-login.ts';
import { EnforcementBody, EnforcementDetail, EnforcementSummary } from './schema.ts';
import { findEnforcement, listEnforcement } from './view.ts';

const tags = ['enforcement'];
const params = Type.Object({ caseNo: Type.String({ minLength: 1, maxLength: 40 }) });

/** The penalty track, up to its hand-over to 掌上执法. */
export function registerEnforcementRoutes(
  app: App,
  context: ConsoleContext,
  gateways: EnforcementGateways,
): void {
  app.route({
    method: 'GET',
    url: '/api/enforcement',
    config: { permission: 'enforcement.read' },
    schema: {
      tags,
      summary: 'Cases on the penalty track, what moved last first',
      querystring: Type.Object(
        { state: Type.Optional(Type.Enum([...enforcementStates])) },
        { additionalProperties: false },
      ),
      response: { 200: Type.Array(EnforcementSummary) },
    },
    handler: async (request) => listEnforcement(context, request.query.state ?? null, requireUser(request)),
  });
  app.route({
    method: 'GET',
    url: '/api/enforcement/:caseNo',
    config: { permission: 'enforcement.read' },
    schema: { tags, summary: 'The penalty track of one case', params, response: { 200: EnforcementDetail } },
    handler: async (request) => findEnforcement(context, request.params.caseNo, requireUser(request)),
  });
  for (const action of enforcementActions)
    app.route({
      method: 'POST',
      url: `/api/enforcement/:caseNo/actions/${action}`,
      config: { permission: `enforcement.${action}` },
      schema: {
        tags,
        summary: `Take the step ${action} of the penalty track`,
        params,
        body: EnforcementBody,
        response: { 200: EnforcementDetail },
      },
      handler: async (request) => {
        const user = requireUser(request);
        const { caseNo } = request.params;
        await actOnEnforcement(context, caseNo, action, request.body, { user, ip: request.ip });
        return findEnforcement(context, caseNo, user);
      },
    });
  app.route({
    method: 'POST',
    url: '/api/session/enforcement-code',
    config: { permission: 'public', rateLimit: { max: 30, timeWindow: '1 minute' } },
    schema: {
      tags: ['session'],
      summary: 'Log in with the one-use code of 浙政钉; for officers whose number is known',
      body: Type.Object(
        {
          integration: Type.String({ minLength: 1, maxLength: 64 }),
          code: Type.String({ minLength: 1, maxLength: 500 }),
        },
        { additionalProperties: false },
      ),
      response: { 200: Type.Object({ user: User }) },
    },
    handler: async (request, reply) => {
      const by = { ip: request.ip, agent: request.headers['user-agent'] };
      const { token, user } = await logInByCode(context, gateways, request.body, by);
      await giveSession(context, request, reply, token);
      return { user };
    },
  });
}
