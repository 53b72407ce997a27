import { randomUUID } from 'node:crypto';
import { openWebhookReceiver, type ReceivedRequest, type WebhookReceiver } from './webhook-receiver.ts';

const tokenMs = 7_200_000;
const codeMs = 300_000;

/** What the next call to cases meets before it is looked at. */
export type Fault = 'error' | 'silence' | 'accepted_but_error' | 'garbage';

export interface EnforcementServer {
  /** For the integration's address. */
  readonly url: string;
  readonly requests: WebhookReceiver['received'];
  /** Case numbers to what was submitted, once each. */
  readonly cases: ReadonlyMap<string, Record<string, unknown>>;
  /** What has become of a case, in order; told when it is asked after. */
  readonly states: Map<string, { readonly state: string; readonly note?: string }[]>;
  /** Met by the next calls to cases, one after the other. */
  readonly faults: Fault[];
  /** A code as an officer's app gets it: good once, for five minutes. */
  issueCode(employeeCode: string): string;
  /** All tokens end at once, before their time. */
  endTokens(): void;
  close(): Promise<void>;
}

/** 浙政钉·掌上执法 as far as it is known: tokens that end after two hours, codes for one use, cases that are taken once. */
export async function openEnforcementServer(options: {
  readonly appKey: string;
  readonly appSecret: string;
  readonly nowMs: () => number;
}): Promise<EnforcementServer> {
  const { appKey, appSecret, nowMs } = options;
  const tokens = new Map<string, number>();
  const codes = new Map<string, { readonly employeeCode: string; readonly untilMs: number }>();
  const cases = new Map<string, Record<string, unknown>>();
  const references = new Map<string, string>();
  const states: EnforcementServer['states'] = new Map();
  const faults: Fault[] = [];
  const receiver = await openWebhookReceiver();
  const success = (data: object) => ({
    status: 200,
    body: JSON.stringify({ success: true, content: { success: true, data } }),
  });
  const refuse = (status: number) => ({ status, body: JSON.stringify({ success: false, content: null }) });
  const isGood = (token: string): boolean => (tokens.get(token) ?? 0) > nowMs();

  const takeCase = (request: ReceivedRequest) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isGood(token)) return refuse(401);
    const fault = faults.shift();
    if (fault === 'error') return refuse(500);
    if (fault === 'silence') return null;
    if (fault === 'garbage') return { status: 200, body: '<html>' };
    const submitted = JSON.parse(request.body) as Record<string, unknown>;
    const caseNo = String(submitted['caseNo']);
    if (request.headers['idempotency-key'] !== caseNo) return refuse(400);
    if (!references.has(caseNo)) {
      references.set(caseNo, `ZSZF-${references.size + 1}`);
      cases.set(caseNo, submitted);
    }
    return fault === 'accepted_but_error' ? refuse(502) : success({ reference: references.get(caseNo) });
  };
  const tellStates = (request: ReceivedRequest) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!isGood(token)) return refuse(401);
    const fault = faults.shift();
    if (fault !== undefined) return fault === 'garbage' ? { status: 200, body: '<html>' } : refuse(500);
    const { caseNos } = JSON.parse(request.body) as { caseNos: string[] };
    const known = caseNos.filter((caseNo) => cases.has(caseNo));
    return success({
      cases: known.map((caseNo) => ({
        caseNo,
        states: (states.get(caseNo) ?? []).map((told) => ({ ...told, reference: references.get(caseNo) })),
      })),
    });
  };
  receiver.answer = (request) => {
    const url = new URL(request.path, 'http://localhost');
    if (url.pathname.endsWith('/gettoken.json')) {
      const isKnown =
        url.searchParams.get('appkey') === appKey && url.searchParams.get('appsecret') === appSecret;
      if (!isKnown) return refuse(403);
      const accessToken = randomUUID();
      tokens.set(accessToken, nowMs() + tokenMs);
      return success({ accessToken, expiresIn: tokenMs / 1000 });
    }
    if (url.pathname.endsWith('/rpc/oauth2/dingtalk_app_user.json')) {
      const form = new URLSearchParams(request.body);
      if (!isGood(form.get('access_token') ?? '')) return refuse(401);
      const code = form.get('auth_code') ?? '';
      const known = codes.get(code);
      codes.delete(code);
      if (known === undefined || known.untilMs <= nowMs()) return refuse(400);
      return success({ employeeCode: known.employeeCode });
    }
    if (url.pathname.endsWith('/xunjie/case-states')) return tellStates(request);
    return url.pathname.endsWith('/xunjie/cases') ? takeCase(request) : refuse(404);
  };
  return {
    url: receiver.url.replace('/hook', '/openplatform'),
    requests: receiver.received,
    cases,
    states,
    faults,
    issueCode(employeeCode) {
      const code = randomUUID();
      codes.set(code, { employeeCode, untilMs: nowMs() + codeMs });
      return code;
    },
    endTokens: () => tokens.clear(),
    close: () => receiver.close(),
  };
}
