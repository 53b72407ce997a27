import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface OidcServer {
  readonly issuer: string;
  /** Who logs in at the provider next: the subject, and the employee number that the provider knows of them. */
  person: { readonly subject: string; readonly employeeNo?: string };
  /** What a browser does at the provider: follows it from the authorization address back to the console's, and returns that. */
  walk(authorizationUrl: string): Promise<URL>;
  stop(): Promise<void>;
}

export const oidcClient = { id: 'xunjie', secret: 'a secret of the provider and the console' };

interface KoaContext {
  readonly oidc: {
    readonly provider: Provider;
    readonly client: { readonly clientId: string };
    readonly session: { readonly accountId: string };
  };
}

/** A real OpenID provider on a free loopback port, where everybody who comes logs in as `person` at once. */
export async function startOidcServer(redirectUri: string): Promise<OidcServer> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let person: OidcServer['person'] = { subject: 'nobody' };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.id,
        client_secret: oidcClient.secret,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    cookies: { keys: ['a key of the test'] },
    claims: { openid: ['sub'], profile: ['employee_no'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({
        sub: id,
        ...(person.employeeNo !== undefined && { employee_no: person.employeeNo }),
      }),
    }),
    // Everybody here agrees to everything.
    async loadExistingGrant({ oidc }: KoaContext) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client.clientId,
        accountId: oidc.session.accountId,
      });
      grant.addOIDCScope('openid profile');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/') !== true) return answer(request, response);
    const result = { login: { accountId: person.subject } };
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false }).catch(() => {
      response.statusCode = 500;
      response.end();
    });
    return undefined;
  });
  return {
    issuer,
    get person() {
      return person;
    },
    set person(next) {
      person = next;
    },
    walk: (url) => walk(url, issuer),
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

const maxSteps = 10;

async function walk(authorizationUrl: string, issuer: string): Promise<URL> {
  const jar = new Map<string, string>();
  let url = new URL(authorizationUrl);
  for (let step = 0; step < maxSteps && url.origin === issuer; step++) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const reply = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of reply.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split(/=(.*)/s) ?? [];
      jar.set(name, value);
    }
    const to = reply.headers.get('location');
    if (to === null) throw new Error(`the provider answers ${reply.status}: ${await reply.text()}`);
    url = new URL(to, url);
  }
  return url;
}
