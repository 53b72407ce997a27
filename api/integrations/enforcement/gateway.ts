import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { findSchemaIssues, formatPath, XunjieError } from '../../../domain/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import { type GuardedReply, sendGuarded } from '../outgoing/guarded-request.ts';
import { openSecrets } from '../registry/secret.ts';

/** 浙政钉·掌上执法, as far as this program needs it. */
export interface EnforcementGateway {
  /** Hands a case over, once however often it is asked: the case number is the key. Rejects when it must be tried again. */
  submit(
    handOver: Readonly<Record<string, unknown>>,
    signal?: AbortSignal,
  ): Promise<{ readonly reference: string | null }>;
  /** What has become of cases that were handed over: of each its states in order, none where nothing is known. Rejects when it must be tried again. */
  readStates(caseNos: readonly string[]): Promise<readonly ToldCase[]>;
  /** Trades the one-use code that the officer's app got for who the officer is. Rejects with `wrong_credentials` for a code that is used or old. */
  redeem(authCode: string): Promise<{ readonly employeeCode: string }>;
}

/** As the other system tells it; whether it can be is for the caller to judge. */
export interface ToldCase {
  readonly caseNo: string;
  readonly states: readonly { readonly state: string; readonly reference?: string; readonly note?: string }[];
}

export interface EnforcementGateways {
  open(context: ConsoleContext, to: Row<'integration'>): EnforcementGateway;
}

/** Renewed this long before it ends. */
const tokenMarginMs = 60_000;
const longestTokenMs = 7_200_000;

interface Token {
  readonly text: string;
  readonly untilMs: number;
}

/**
 * Gateways behind the calls that are known of 浙政钉 (`/gettoken.json`, `/rpc/oauth2/dingtalk_app_user.json`) and one of our own
 * for cases, assumed. A token is used until shortly before its end; one that is refused earlier is replaced, once for each call.
 */
export function createEnforcementGateways(): EnforcementGateways {
  const tokens = new Map<string, Token>();
  return {
    open(context, to) {
      const base = context.addressGuard.checkUrl(to.url ?? '', 'url');
      const [secret = ''] = openSecrets(context, to, context.nowMs());
      const appKey = typeof to.settings['appKey'] === 'string' ? to.settings['appKey'] : to.id;
      // Another address or secret is another door.
      const door = createHash('sha256')
        .update(JSON.stringify([base.href, appKey, secret]))
        .digest('hex');
      const call = (path: string, sent: Parameters<typeof sendGuarded>[2]): Promise<GuardedReply> =>
        sendGuarded(context.addressGuard, new URL(path.replace(/^\//, ''), toFolder(base)), sent);
      const fetchToken = async (signal?: AbortSignal): Promise<string> => {
        const query = new URLSearchParams({ appkey: appKey, appsecret: secret });
        const reply = await call(`/gettoken.json?${query.toString()}`, {
          method: 'GET',
          headers: {},
          ...(signal !== undefined && { signal }),
        });
        const data = readContent(reply, 'gettoken');
        const { accessToken, expiresIn } = data;
        if (typeof accessToken !== 'string' || accessToken === '')
          throw new Error('gettoken: the answer has no accessToken');
        const lastsMs = typeof expiresIn === 'number' ? Math.min(expiresIn * 1000, longestTokenMs) : 0;
        tokens.set(door, { text: accessToken, untilMs: context.nowMs() + lastsMs - tokenMarginMs });
        return accessToken;
      };
      const withToken = async (
        send: (token: string) => Promise<GuardedReply>,
        signal?: AbortSignal,
      ): Promise<GuardedReply> => {
        const known = tokens.get(door);
        const isGood = known !== undefined && known.untilMs > context.nowMs();
        const first = await send(isGood ? known.text : await fetchToken(signal));
        if (first.status !== 401) return first;
        tokens.delete(door);
        return send(await fetchToken(signal));
      };
      return {
        async submit(handOver, signal) {
          const reply = await withToken(
            (token) =>
              call('/xunjie/cases', {
                method: 'POST',
                headers: {
                  authorization: `Bearer ${token}`,
                  'content-type': 'application/json; charset=utf-8',
                  'idempotency-key': String(handOver['caseNo']),
                },
                body: JSON.stringify(handOver),
                ...(signal !== undefined && { signal }),
              }),
            signal,
          );
          const { reference } = readContent(reply, 'cases');
          return { reference: typeof reference === 'string' ? reference.slice(0, 200) : null };
        },
        async readStates(caseNos) {
          const reply = await withToken((token) =>
            call('/xunjie/case-states', {
              method: 'POST',
              headers: {
                authorization: `Bearer ${token}`,
                'content-type': 'application/json; charset=utf-8',
              },
              body: JSON.stringify({ caseNos }),
            }),
          );
          return readCases(readContent(reply, 'case-states'));
        },
        async redeem(authCode) {
          const reply = await withToken((token) =>
            call('/rpc/oauth2/dingtalk_app_user.json', {
              method: 'POST',
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
              body: new URLSearchParams({ access_token: token, auth_code: authCode }).toString(),
            }),
          );
          if (reply.status >= 400 && reply.status < 500)
            throw new XunjieError(
              'wrong_credentials',
              'the code is used, old or unknown; open the page anew',
            );
          const { employeeCode } = readContent(reply, 'dingtalk_app_user');
          if (typeof employeeCode !== 'string' || employeeCode === '')
            throw new XunjieError(
              'wrong_credentials',
              'the code is used, old or unknown; open the page anew',
            );
          return { employeeCode };
        },
      };
    },
  };
}

function toFolder(base: URL): URL {
  return base.pathname.endsWith('/') ? base : new URL(`${base.href}/`);
}

/** `content.data` of an answer that says success. Of what went wrong the status alone is told: an answer may hold what must not be logged. */
function readContent({ status, text }: GuardedReply, call: string): Record<string, unknown> {
  if (status < 200 || status >= 300) throw new Error(`${call}: the enforcement system answered ${status}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`${call}: the answer is not JSON`);
  }
  const { success, content } = (value ?? {}) as { success?: unknown; content?: { data?: unknown } | null };
  if (success !== true) throw new Error(`${call}: the enforcement system refused`);
  const data = content?.data;
  return typeof data === 'object' && data !== null ? (data as Record<string, unknown>) : {};
}

function readCases({ cases }: Record<string, unknown>): ToldCase[] {
  const told = Type.Array(
    Type.Object({
      caseNo: Type.String(),
      states: Type.Array(
        Type.Object({
          state: Type.String({ maxLength: 40 }),
          reference: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
          note: Type.Optional(Type.String({ maxLength: 1000 })),
        }),
        { maxItems: 20 },
      ),
    }),
    { maxItems: 1000 },
  );
  const [issue] = findSchemaIssues(told, cases);
  if (issue !== undefined)
    throw new Error(`case-states: ${formatPath(['data', 'cases', ...issue.path])}: ${issue.message}`);
  return cases as ToldCase[];
}
