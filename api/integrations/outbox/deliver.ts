import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import { sendGuarded } from '../outgoing/guarded-request.ts';
import { signWebhook } from '../outgoing/webhook-signature.ts';
import { openSecrets } from '../registry/secret.ts';

export type Delivery =
  | { readonly result: 'delivered'; readonly status: number; readonly receipt: string | null }
  | {
      readonly result: 'failed' | 'gone';
      readonly status: number | null;
      readonly error: string;
      readonly retryAfterMs: number | null;
    };

/** One attempt to bring a message to its receiver. Never rejects: what went wrong is the answer. */
export type Deliver = (
  context: ConsoleContext,
  to: Row<'integration'>,
  message: Row<'outbox_message'>,
  signal: AbortSignal,
) => Promise<Delivery>;

/** By a signed POST as Standard Webhooks has it. Any 2xx is acceptance, 410 ends the subscription, all else is tried again. */
export const deliverWebhook: Deliver = async (context, to, message, signal) => {
  try {
    const url = context.addressGuard.checkUrl(to.url ?? '', 'url');
    const body = JSON.stringify(message.payload);
    const nowMs = context.nowMs();
    const { status, headers } = await sendGuarded(context.addressGuard, url, {
      method: 'POST',
      signal,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': `xunjie/${context.version}`,
        ...signWebhook(openSecrets(context, to, nowMs), { id: message.id, atMs: nowMs, body }),
      },
    });
    if (status >= 200 && status < 300) return { result: 'delivered', status, receipt: null };
    return {
      result: status === 410 ? 'gone' : 'failed',
      status,
      error: `the receiver answered ${status}`,
      retryAfterMs: readRetryAfter(headers['retry-after'], nowMs),
    };
  } catch (error) {
    return toFailure(error);
  }
};

export function toFailure(error: unknown): Delivery {
  // Addresses in messages are the receiver's own, which whoever may read this has typed in.
  const line = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  return { result: 'failed', status: null, error: line.slice(0, 500), retryAfterMs: null };
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function readRetryAfter(value: string | string[] | undefined, nowMs: number): number | null {
  if (typeof value !== 'string') return null;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : Math.max(0, atMs - nowMs);
}
