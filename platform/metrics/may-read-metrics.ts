import { createHash, timingSafeEqual } from 'node:crypto';

/** Who asks for the metrics, and how the request is authorised. */
export interface MetricsCaller {
  /** Address of the caller, behind a proxy on this machine that of the proxy's caller. */
  readonly ip: string;
  /** The request's `authorization` header. */
  readonly authorization: string | undefined;
}

/** Callers on this machine may read them; others need the token (`METRICS_TOKEN`), where there is one. */
export function mayReadMetrics(caller: MetricsCaller, token: string | null): boolean {
  if (token !== null && caller.authorization !== undefined) {
    const given = /^Bearer (.+)$/i.exec(caller.authorization)?.[1];
    return given !== undefined && timingSafeEqual(toDigest(given), toDigest(token));
  }
  return /^(127\.|::1$|::ffff:127\.)/.test(caller.ip);
}

function toDigest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
