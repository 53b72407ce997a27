import { XunjieError } from '../../domain/mod.ts';

const causes: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'no way to the host',
  ENETUNREACH: 'no way to the network',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
};

/** PostgreSQL's own codes: class 08 connection, 28 login, 3D database, 53 resources, 57 shutting down. */
const refusals: Readonly<Record<string, string>> = {
  '28P01': 'it refuses the user name or the password',
  '28000': 'it refuses the user',
  '3D000': 'it has no such database',
  '53300': 'it has no free connection left',
  '57P01': 'it has ended the connection',
  '57P02': 'it is shutting down',
  '57P03': 'it is still starting',
};

/** Two people at one row at once, as PostgreSQL reports it: deadlock, serialisation failure, lock not available. */
const collisions = new Set(['40P01', '40001', '55P03']);

/** What a failed connection or statement means, in one line that never holds a secret. */
export function toDatabaseError(thrown: unknown, place: string): XunjieError {
  const error = thrown instanceof AggregateError && thrown.errors.length > 0 ? thrown.errors[0] : thrown;
  const code = readCode(error);
  const message = error instanceof Error ? error.message : '';
  const cause =
    (code === null ? undefined : (causes[code] ?? refusals[code])) ??
    (/client password must be a string/.test(message)
      ? 'it asks for a password and the URL has none'
      : undefined) ??
    (/timeout/i.test(message) ? 'timed out' : undefined) ??
    (/terminated|ended unexpectedly/i.test(message) ? 'the connection was cut' : undefined);
  if (cause === undefined)
    return new XunjieError('internal', `PostgreSQL at ${place}: ${message}`, { cause: thrown });
  return new XunjieError('database_unreachable', `cannot use PostgreSQL at ${place}: ${cause}`, {
    cause: thrown,
  });
}

/** Texts that PostgreSQL does not store: a NUL, in text and in JSON. */
const unstorable = new Set(['22021', '22P05']);

export function isUnstorable(thrown: unknown): boolean {
  const code = readCode(thrown);
  return code !== null && unstorable.has(code);
}

export function isCollision(thrown: unknown): boolean {
  const code = readCode(thrown);
  return code !== null && collisions.has(code);
}

function readCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}
