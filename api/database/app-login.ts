import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { DatabaseAddress } from './connect.ts';

/** The login that the running console uses: a user who owns nothing, so that no bug of the console reaches further than its rights. */
export interface AppLogin {
  readonly role: string;
  /** `null`: the login is the operator's, who gave its URL. */
  readonly password: string | null;
  readonly address: DatabaseAddress;
}

const maxNameBytes = 63;

/**
 * The console's own login on the owner's database: `<database>_app`. Its password follows from the owner's, so that all consoles
 * on one database agree on it and nothing has to be kept.
 */
export function toAppLogin(owner: DatabaseAddress): AppLogin {
  const url = new URL(owner.url);
  const database = decodeURIComponent(url.pathname.slice(1)) || decodeURIComponent(url.username);
  const role = toRoleName(database);
  const ownerPassword = decodeURIComponent(url.password);
  const password = createHmac('sha256', ownerPassword).update(`xunjie console ${role}`).digest('base64url');
  url.pathname = `/${encodeURIComponent(database)}`;
  url.username = encodeURIComponent(role);
  // A server that asks the owner for no password asks nobody.
  url.password = ownerPassword === '' ? '' : password;
  return { role, password, address: { url: url.href, place: owner.place } };
}

/** A login that the operator has made for the console. */
export function toGivenLogin(address: DatabaseAddress): AppLogin {
  return { role: decodeURIComponent(new URL(address.url).username), password: null, address };
}

function toRoleName(database: string): string {
  const name = `${database}_app`;
  if (Buffer.byteLength(name) <= maxNameBytes) return name;
  return `xunjie_${createHash('sha256').update(database).digest('hex').slice(0, 16)}_app`;
}

const iterations = 4096;

/** What PostgreSQL keeps of a password (RFC 5802): sent in its place, so that no statement log ever holds the password. */
export function toScramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256');
  const sign = (text: string) => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${sign('Server Key').toString('base64')}`;
}
