import { XunjieError } from '../../domain/mod.ts';
import type { OutgoingReminder, ReminderGateway } from './reminder-gateway.ts';

const timeoutMs = 10_000;
const maxReplyBytes = 64 * 1024;

/**
 * A gateway behind HTTP: `POST <url>` with the reminder as JSON, its id as `Idempotency-Key`, and a bearer token where there is
 * one. Any 2xx is acceptance; `{"receipt": "..."}` in the answer is kept. Redirects are not followed: the token stays here.
 */
export function openHttpReminderGateway(options: {
  readonly url: string;
  readonly token: string | null;
}): ReminderGateway {
  const { url, token } = options;
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.username !== '')
    throw new XunjieError(
      'bad_config',
      'the reminder gateway is not an http(s) address without user and password',
    );
  return {
    async send(reminder) {
      const response = await fetch(parsed, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          'content-type': 'application/json',
          'idempotency-key': reminder.id,
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(toBody(reminder)),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new Error(`the reminder gateway answered ${response.status}`);
      }
      return { receipt: readReceipt(await readLimited(response)) };
    },
  };
}

function toBody(reminder: OutgoingReminder) {
  return { v: 1, ...reminder };
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxReplyBytes) break; // it was accepted; what else the gateway has to say is not needed
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readReceipt(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null || !('receipt' in body)) return null;
    return typeof body.receipt === 'string' ? body.receipt.slice(0, 200) : null;
  } catch {
    return null; // an acceptance without words
  }
}
