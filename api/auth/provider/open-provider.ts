import * as oidc from 'openid-client';
import { toMessage, XunjieError } from '../../../domain/mod.ts';
import type { ProviderSettings } from '../auth-settings.ts';

/** One answer of the provider. */
const timeoutS = 5;
/** A discovery document is asked for again after this. */
const discoveryMs = 3_600_000;
export const callbackPath = '/api/session/oidc/callback';

/** What begins a login: where the browser goes, and what must be kept until it comes back. */
export interface BegunLogin {
  readonly url: string;
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who the provider says it is. */
export interface Identity {
  readonly subject: string;
  /** Value of the configured claim, where there is one. */
  readonly employeeNo: string | null;
}

/** The city's OpenID provider: authorization code with PKCE, state and nonce. Every call may reject with `provider_unreachable`. */
export interface Provider {
  begin(): Promise<BegunLogin>;
  /** Checks what came back, exchanges the code and checks the identity token. Rejects with `provider_refused` for what does not hold. */
  finish(query: string, expected: Pick<BegunLogin, 'state' | 'nonce' | 'codeVerifier'>): Promise<Identity>;
}

/** Asks for nothing until the first login, and goes on trying: a provider that is down is down for its own logins alone. */
export function openProvider(settings: ProviderSettings, nowMs: () => number): Provider {
  const redirectUri = new URL(callbackPath, settings.publicUrl).href;
  let known: { readonly config: oidc.Configuration; readonly untilMs: number } | null = null;
  const discover = async (): Promise<oidc.Configuration> => {
    if (known !== null && known.untilMs > nowMs()) return known.config;
    const issuer = new URL(settings.issuer);
    const config = await oidc
      .discovery(issuer, settings.clientId, settings.clientSecret ?? undefined, toClientAuth(settings), {
        timeout: timeoutS,
        ...(issuer.protocol === 'http:' && { execute: [oidc.allowInsecureRequests] }),
      })
      .catch((error: unknown) => {
        throw toUnreachable(error);
      });
    known = { config, untilMs: nowMs() + discoveryMs };
    return config;
  };
  return {
    async begin() {
      const config = await discover();
      const [state, nonce] = [oidc.randomState(), oidc.randomNonce()];
      const codeVerifier = oidc.randomPKCECodeVerifier();
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: settings.scopes.join(' '),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, state, nonce, codeVerifier };
    },
    async finish(query, expected) {
      const config = await discover();
      const current = new URL(redirectUri);
      current.search = query;
      const tokens = await oidc
        .authorizationCodeGrant(config, current, {
          expectedState: expected.state,
          expectedNonce: expected.nonce,
          pkceCodeVerifier: expected.codeVerifier,
          idTokenExpected: true,
        })
        .catch((error: unknown) => {
          throw toProviderError(error);
        });
      const claims = tokens.claims();
      if (claims === undefined)
        throw new XunjieError('provider_refused', 'the provider sent no identity token');
      const employee = settings.employeeClaim === null ? undefined : claims[settings.employeeClaim];
      return {
        subject: claims.sub,
        employeeNo: typeof employee === 'string' || typeof employee === 'number' ? String(employee) : null,
      };
    },
  };
}

function toClientAuth({ clientSecret }: ProviderSettings): oidc.ClientAuth {
  return clientSecret === null ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
}

/** Its network or its own fault, or an answer that must not be believed. No message holds a code, token or secret. */
function toProviderError(error: unknown): XunjieError {
  if (error instanceof oidc.AuthorizationResponseError)
    return new XunjieError('provider_refused', `the provider did not let you in: ${error.error}`, {
      cause: error,
    });
  if (error instanceof oidc.ResponseBodyError && error.status < 500)
    return new XunjieError('provider_refused', `the provider refused the exchange: ${error.error}`, {
      cause: error,
    });
  const isNetwork =
    (error instanceof TypeError && error.cause !== undefined) ||
    (error instanceof oidc.ClientError && ['OAUTH_TIMEOUT', 'OAUTH_ABORT'].includes(error.code ?? '')) ||
    (error instanceof oidc.ClientError && /unexpected HTTP/.test(error.message)) ||
    (error instanceof oidc.ResponseBodyError && error.status >= 500);
  if (isNetwork) return toUnreachable(error);
  return new XunjieError('provider_refused', `the provider's answer does not hold: ${toMessage(error)}`, {
    cause: error,
  });
}

function toUnreachable(error: unknown): XunjieError {
  return new XunjieError('provider_unreachable', 'the provider does not answer; the local login goes on', {
    cause: error,
  });
}
