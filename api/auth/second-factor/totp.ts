import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** What every authenticator app can: SHA-1, six digits, half a minute (RFC 6238, RFC 4226). */
const stepMs = 30_000;
const digits = 6;
const secretBytes = 20;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A fresh secret in base 32, as apps take it. */
export function makeTotpSecret(): string {
  return toBase32(randomBytes(secretBytes));
}

/** The code of a time step. */
export function toTotpCode(secret: string, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  const offset = (mac[mac.length - 1] ?? 0) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * The step that a code is of: this one, or one to either side for clocks that are half a minute off; `null` for none, and for steps
 * up to `lastStep`, whose code was taken already.
 */
export function findTotpStep(
  secret: string,
  code: string,
  nowMs: number,
  lastStep: number | null,
): number | null {
  if (!/^\d{6}$/.test(code)) return null;
  const now = toTotpStep(nowMs);
  const given = Buffer.from(code);
  const matching = [now - 1, now, now + 1].filter((step) =>
    timingSafeEqual(given, Buffer.from(toTotpCode(secret, step))),
  );
  return matching.find((step) => step > (lastStep ?? -1)) ?? null;
}

export function toTotpStep(nowMs: number): number {
  return Math.floor(nowMs / stepMs);
}

/** The address that a QR code carries to an app. */
export function toTotpUri(secret: string, username: string): string {
  const label = `Xunjie:${encodeURIComponent(username)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=Xunjie&algorithm=SHA1&digits=${digits}&period=${stepMs / 1000}`;
}

function toBase32(bytes: Buffer): string {
  let bits = 0;
  let value = 0;
  let text = '';
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(value >> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31];
}

function fromBase32(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const letter of text) {
    value = ((value << 5) | alphabet.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((value >> bits) & 0xff);
  }
  return Buffer.from(bytes);
}
