import { type Static, Type } from 'typebox';
import type { ConsoleOptions } from '../../api/mod.ts';
import { durationPattern, parseDuration, roles, type SchemaIssue, XunjieError } from '../../domain/mod.ts';

const closed = { additionalProperties: false } as const;

/** `auth` of `xunjie.yaml`: how people come in. */
export const AuthEntry = Type.Object(
  {
    idle: Type.Optional(
      Type.String({ pattern: durationPattern, description: 'A session that nobody uses ends; default 30m' }),
    ),
    longest: Type.Optional(
      Type.String({ pattern: durationPattern, description: 'Every session ends; default 12h' }),
    ),
    secondFactor: Type.Optional(
      Type.Array(Type.Enum([...roles]), {
        description: 'Posts that come in with a second factor alone; default: none',
      }),
    ),
    oidc: Type.Optional(
      Type.Object(
        {
          issuer: Type.String({ pattern: '^https?://', description: 'As its discovery document names it' }),
          clientId: Type.String({ minLength: 1 }),
          publicUrl: Type.String({
            pattern: '^https?://',
            description: 'Where browsers reach this console; the provider sends them back there',
          }),
          label: Type.Optional(
            Type.String({ minLength: 1, maxLength: 40, description: 'Of the button; default 统一认证' }),
          ),
          employeeClaim: Type.Optional(
            Type.String({
              minLength: 1,
              description: 'Claim that holds the employee number of an account; default: subjects alone',
            }),
          ),
          scopes: Type.Optional(
            Type.Array(Type.String({ minLength: 1 }), { description: 'Default openid, profile' }),
          ),
        },
        closed,
      ),
    ),
  },
  closed,
);
type AuthEntry = Static<typeof AuthEntry>;

/** Without the provider's secret, which no file holds. */
export type AuthConfig = NonNullable<ConsoleOptions['auth']>;

/** What is wrong with an entry beyond its shape. */
export function findAuthIssues({ idle, longest, oidc }: AuthEntry): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  if (idle !== undefined && longest !== undefined && toMs(idle) > toMs(longest))
    issues.push({
      path: ['auth', 'idle'],
      message: `"${idle}" is longer than ${longest}, the longest session`,
    });
  for (const field of ['issuer', 'publicUrl'] as const) {
    const address = oidc?.[field];
    if (address === undefined) continue;
    if (!URL.canParse(address))
      issues.push({ path: ['auth', 'oidc', field], message: `"${address}" is no URL` });
    else if (field === 'issuer' && !isSafe(new URL(address)))
      issues.push({
        path: ['auth', 'oidc', field],
        message: 'must be https: who can change its answers could come in as anybody',
      });
  }
  return issues;
}

export function toAuthConfig(entry: AuthEntry = {}): AuthConfig {
  const { idle, longest, secondFactor, oidc } = entry;
  return {
    ...(idle !== undefined && { idleMs: toMs(idle) }),
    ...(longest !== undefined && { longestMs: toMs(longest) }),
    ...(secondFactor !== undefined && { secondFactorPosts: secondFactor }),
    ...(oidc !== undefined && {
      provider: {
        issuer: oidc.issuer,
        clientId: oidc.clientId,
        clientSecret: null,
        publicUrl: oidc.publicUrl,
        label: oidc.label ?? '统一认证',
        employeeClaim: oidc.employeeClaim ?? null,
        scopes: oidc.scopes ?? ['openid', 'profile'],
      },
    }),
  };
}

/** Adds the provider's secret, `OIDC_CLIENT_SECRET`. */
export function withProviderSecret(config: AuthConfig, environment: NodeJS.ProcessEnv): AuthConfig {
  const clientSecret = environment['OIDC_CLIENT_SECRET'] || null;
  if (config.provider === undefined || config.provider === null) {
    if (clientSecret !== null)
      throw new XunjieError(
        'bad_config',
        'OIDC_CLIENT_SECRET is set, but the configuration has no auth.oidc',
      );
    return config;
  }
  return { ...config, provider: { ...config.provider, clientSecret } };
}

function toMs(text: string): number {
  return parseDuration(text) ?? 0;
}

function isSafe({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}
