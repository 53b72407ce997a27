// Desks of a command centre as a process of their own: what they shall do comes as JSON on its input, what they met goes out as one line of JSON.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Reading, StepToTake } from '../../test/support/desk-work.ts';

export interface ClientsWish {
  readonly url: string;
  /** One client each; they read at random, for so long, and take a step after each reading. */
  readonly readers: readonly { readonly token: string; readonly readings: readonly Reading[] }[];
  readonly seconds: number;
  /** Before that, as long as this without being counted: a city's server has not just been started. */
  readonly warmSeconds: number;
  /** Between two replies and the next question of one client; 0: no pause. */
  readonly paceMs: number;
  /** Taken in turn by whichever client comes to it. */
  readonly steps: readonly StepToTake[];
}

export interface ClientsReport {
  readonly ms: Readonly<Record<string, readonly number[]>>;
  /** Answers that nobody should get. */
  readonly troubles: readonly string[];
}

const wish = JSON.parse(readFileSync(0, 'utf8')) as ClientsWish;
const agent = new Agent({ keepAlive: true, maxSockets: 100 });
const ms: Record<string, number[]> = {};
const troubles: string[] = [];
let seed = 7;

/** A small generator: the same run again chooses alike. */
function roll(): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
}

function ask(
  token: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers: Record<string, string | number> = { cookie: `xunjie_session=${token}` };
    if (payload !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(payload);
    }
    const asking = request(
      new URL(path, wish.url),
      { method, agent, timeout: 30_000, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      },
    );
    asking.on('error', reject);
    asking.on('timeout', () => asking.destroy(new Error('no answer in 30 s')));
    asking.end(payload);
  });
}

async function timed(
  kind: string,
  work: () => Promise<{ status: number; text: string }>,
): Promise<string | null> {
  const from = performance.now();
  const { status, text } = await work();
  if (from >= countedFrom) (ms[kind] ??= []).push(performance.now() - from);
  if (status === 200) return text;
  troubles.push(`${kind}: ${status} ${text.slice(0, 300)}`);
  return null;
}

async function read(token: string, { kind, path, pages }: Reading): Promise<void> {
  let cursor: string | null = null;
  for (let page = 0; page < pages; page += 1) {
    const url: string = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
    const text = await timed(page === 0 ? kind : `${kind} deep`, () => ask(token, 'GET', url));
    if (text === null) return;
    cursor = (JSON.parse(text) as { nextCursor?: string | null }).nextCursor ?? null;
    if (cursor === null) return;
    await delay(wish.paceMs * roll());
  }
}

const waiting = [...wish.steps];
async function takeStep(): Promise<void> {
  const step = waiting.shift();
  if (step === undefined) return;
  await delay(wish.paceMs * roll());
  await timed(step.path.split('/').at(-1) ?? '', () => ask(step.token, 'POST', step.path, step.body));
}

const countedFrom = performance.now() + wish.warmSeconds * 1000;
const until = countedFrom + wish.seconds * 1000;
await Promise.all(
  wish.readers.map(async ({ token, readings }) => {
    await delay(wish.paceMs * roll());
    while (performance.now() < until) {
      const reading = readings[Math.floor(roll() * readings.length)];
      if (reading !== undefined) await read(token, reading);
      await takeStep();
      await delay(wish.paceMs * (0.5 + roll()));
    }
  }),
);
agent.destroy();
process.stdout.write(`${JSON.stringify({ ms, troubles } satisfies ClientsReport)}\n`);
