// Reviewers as a process of their own: `node review-clients.ts '{"url":...}'`; prints what they did as one line of JSON.
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

interface Wish {
  readonly url: string;
  readonly tokens: readonly string[];
  readonly seconds: number;
  /** Between two decisions of one reviewer; 0: no pause. */
  readonly paceMs: number;
  readonly seed: number;
}

export interface ClientReport {
  readonly confirmed: readonly string[];
  readonly rejected: readonly string[];
  readonly collisions: number;
  /** Answers that no reviewer should get: status and message. */
  readonly troubles: readonly string[];
  readonly pageMs: readonly number[];
  readonly decideMs: readonly number[];
}

interface Row {
  readonly id: string;
  readonly version: number;
}

const wish = JSON.parse(process.argv[2] ?? '{}') as Wish;
const agent = new Agent({ keepAlive: true, maxSockets: wish.tokens.length });
const confirmed: string[] = [];
const rejected: string[] = [];
const troubles: string[] = [];
const pageMs: number[] = [];
const decideMs: number[] = [];
let collisions = 0;
const until = performance.now() + wish.seconds * 1000;

function ask(
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; json: unknown }> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const asking = request(
      new URL(path, wish.url),
      {
        method,
        agent,
        timeout: 30_000,
        headers: {
          cookie: `xunjie_session=${token}`,
          ...(payload !== undefined && {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, json: text === '' ? null : JSON.parse(text) });
        });
      },
    );
    asking.on('error', reject);
    asking.on('timeout', () => asking.destroy(new Error('no answer in 30 s')));
    asking.end(payload);
  });
}

/** A small generator of its own for each reviewer: the same run again chooses alike. */
function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function review(token: string, dice: () => number): Promise<void> {
  const from = performance.now();
  const page = await ask(token, 'GET', '/api/candidates?state=pending_review&limit=50');
  pageMs.push(performance.now() - from);
  if (page.status !== 200) return void troubles.push(`page: ${page.status}`);
  const rows = (page.json as { items: Row[] }).items;
  const row = rows[Math.floor(dice() * rows.length)];
  if (row === undefined) return;
  const base = `/api/candidates/${row.id}`;
  const lease = await ask(token, 'POST', `${base}/lease`, {});
  if (lease.status === 409) return void collisions++;
  if (lease.status !== 200) return void troubles.push(`lease: ${lease.status}`);
  const { version } = lease.json as { version: number };
  if (wish.paceMs > 0) await delay(wish.paceMs * (0.5 + dice()));
  const isConfirming = dice() < 0.7;
  if (isConfirming) {
    const shown = await ask(token, 'POST', `${base}/stills-shown`, { moments: ['first', 'middle', 'last'] });
    if (shown.status !== 200) return void troubles.push(`shown: ${shown.status}`);
  }
  const checks = { true: true, clear: true, complete: true, accurate: true };
  const decideFrom = performance.now();
  const decided = isConfirming
    ? await ask(token, 'POST', `${base}/confirm`, { version, checks })
    : await ask(token, 'POST', `${base}/reject`, { version, reason: 'permitted' });
  decideMs.push(performance.now() - decideFrom);
  if (decided.status === 200) (isConfirming ? confirmed : rejected).push(row.id);
  else troubles.push(`decision: ${decided.status} ${JSON.stringify(decided.json).slice(0, 200)}`);
}

await Promise.all(
  wish.tokens.map(async (token, index) => {
    const dice = createDice(wish.seed + index * 7919);
    await delay(dice() * wish.paceMs);
    while (performance.now() < until) await review(token, dice);
  }),
);
agent.destroy();
const report: ClientReport = { confirmed, rejected, collisions, troubles, pageMs, decideMs };
process.stdout.write(`${JSON.stringify(report)}\n`);
