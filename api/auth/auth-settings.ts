import type { Role } from '../../domain/mod.ts';

/** An OpenID provider of the city. */
export interface ProviderSettings {
  /** Its issuer, as its discovery document names it; https, or http on this machine. */
  readonly issuer: string;
  readonly clientId: string;
  /** `null`: a public client, PKCE alone. */
  readonly clientSecret: string | null;
  /** Where browsers reach this console: `https://console.example.cn`. */
  readonly publicUrl: string;
  /** What the button says. */
  readonly label: string;
  /** Claim whose value is an account's employee number; `null`: only subjects that are known already. */
  readonly employeeClaim: string | null;
  readonly scopes: readonly string[];
}

export interface AuthSettings {
  /** A session that nobody uses ends. */
  readonly idleMs: number;
  /** And every session ends after a shift. */
  readonly longestMs: number;
  /** Posts that come in with a second factor alone. */
  readonly secondFactorPosts: readonly Role[];
  readonly provider: ProviderSettings | null;
  /** Requests in a minute: of a session, and of an address that nobody has logged in from. */
  readonly perMinute: { readonly session: number; readonly address: number; readonly uploads: number };
}

const minuteMs = 60_000;

export const defaultAuthSettings: AuthSettings = {
  idleMs: 30 * minuteMs,
  longestMs: 12 * 60 * minuteMs,
  secondFactorPosts: [],
  provider: null,
  perMinute: { session: 12_000, address: 1_200, uploads: 120 },
};
