import { Type } from 'typebox';
import { XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { App } from '../../http/app.ts';
import { Nullable } from '../../http/schema.ts';
import { loginRateLimit } from '../routes.ts';
import { giveSession } from '../session-cookie.ts';
import { callbackPath, openProvider } from './open-provider.ts';
import { beginProviderLogin, finishProviderLogin } from './provider-login.ts';

const stateCookie = 'xunjie_oidc';
const stateSeconds = 600;
const tags = ['session'];

/** The login by the city's provider. What goes wrong leads back to the login page, which says it. */
export function registerProviderRoutes(app: App, context: ConsoleContext): void {
  const settings = context.auth.provider;
  const at = settings === null ? null : { settings, provider: openProvider(settings, context.nowMs) };
  const config = { permission: 'public', rateLimit: loginRateLimit } as const;
  app.route({
    method: 'GET',
    url: '/api/session/ways',
    config,
    schema: {
      tags,
      summary: 'The ways to log in beside name and password',
      response: {
        200: Type.Object({ provider: Nullable(Type.Object({ label: Type.String(), url: Type.String() })) }),
      },
    },
    handler: async () => ({
      provider: settings === null ? null : { label: settings.label, url: '/api/session/oidc' },
    }),
  });
  app.route({
    method: 'GET',
    url: '/api/session/oidc',
    config,
    schema: {
      tags,
      summary: 'Log in at the city’s provider: sends the browser there',
      querystring: Type.Object(
        { to: Type.Optional(Type.String({ maxLength: 500, description: 'The page that is wanted' })) },
        { additionalProperties: false },
      ),
    },
    handler: async (request, reply) => {
      try {
        const begun = await beginProviderLogin(
          context,
          requireProvider(at).provider,
          request.query.to ?? '/',
        );
        return await reply
          .setCookie(stateCookie, begun.state, {
            httpOnly: true,
            // The provider sends the browser back from another site.
            sameSite: 'lax',
            path: callbackPath,
            secure: request.protocol === 'https',
            maxAge: stateSeconds,
          })
          .redirect(begun.url, 302);
      } catch (error) {
        return reply.redirect(toLoginPage(context, error), 302);
      }
    },
  });
  app.route({
    method: 'GET',
    url: callbackPath,
    config,
    schema: { tags, summary: 'Where the provider sends the browser back to' },
    handler: async (request, reply) => {
      reply.clearCookie(stateCookie, { path: callbackPath });
      try {
        const { token, returnTo } = await finishProviderLogin(context, requireProvider(at), {
          query: new URL(request.url, 'http://console').search,
          state: request.cookies[stateCookie],
          caller: { ip: request.ip, agent: request.headers['user-agent'] },
        });
        await giveSession(context, request, reply, token);
        return await reply.redirect(returnTo, 302);
      } catch (error) {
        return reply.redirect(toLoginPage(context, error), 302);
      }
    },
  });
}

function requireProvider<At>(at: At | null): At {
  if (at === null) throw new XunjieError('not_found', 'no provider is configured');
  return at;
}

/** The login page with what to say; anything unexpected is for the error handler. */
function toLoginPage(context: ConsoleContext, error: unknown): string {
  if (!(error instanceof XunjieError)) throw error;
  if (error.code === 'provider_unreachable')
    context.logger.warn({ cause: String(error.cause) }, 'the provider of logins does not answer');
  // A word of ours, never a text: who writes a link to this page must not write what it says.
  const { problem } = error.details;
  return `/login?problem=${typeof problem === 'string' ? problem : error.code}`;
}
