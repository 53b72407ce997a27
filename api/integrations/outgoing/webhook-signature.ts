import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const prefix = 'whsec_';
/** How far a sender's clock may be off. */
const toleranceMs = 5 * 60_000;

/** A fresh secret as receivers enter it: `whsec_` and 32 bytes in base64. */
export function makeWebhookSecret(): string {
  return `${prefix}${randomBytes(32).toString('base64')}`;
}

/** The headers of Standard Webhooks for a body; with several secrets each signs, so that a receiver may change at leisure. */
export function signWebhook(
  secrets: readonly string[],
  message: { readonly id: string; readonly atMs: number; readonly body: string },
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(message.atMs / 1000));
  return {
    'webhook-id': message.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': secrets
      .map((secret) => `v1,${toMac(secret, message.id, timestamp, message.body).toString('base64')}`)
      .join(' '),
  };
}

/** Why a signed message is not to be believed, or `null` when it is. */
export function checkWebhookSignature(
  secrets: readonly string[],
  message: {
    readonly id: string | undefined;
    readonly timestamp: string | undefined;
    readonly signature: string | undefined;
    readonly body: string;
    readonly nowMs: number;
  },
): string | null {
  const { id, timestamp, signature, body, nowMs } = message;
  if (id === undefined || id === '' || timestamp === undefined || signature === undefined)
    return 'the headers webhook-id, webhook-timestamp and webhook-signature are needed';
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1000 - nowMs) > toleranceMs)
    return 'webhook-timestamp is more than five minutes off';
  const given = signature
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .map((part) => Buffer.from(part.slice(3), 'base64'));
  const isSigned = secrets.some((secret) => {
    const mac = toMac(secret, id, timestamp, body);
    return given.some((other) => other.length === mac.length && timingSafeEqual(other, mac));
  });
  return isSigned ? null : 'webhook-signature does not fit';
}

function toMac(secret: string, id: string, timestamp: string, body: string): Buffer {
  const key = secret.startsWith(prefix)
    ? Buffer.from(secret.slice(prefix.length), 'base64')
    : Buffer.from(secret, 'utf8');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
}
