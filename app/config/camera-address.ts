import { createAddressGuard } from '../../ingest/mod.ts';
import { redact } from '../../platform/mod.ts';

/** How the text of a camera's source is understood. */
export type AddressReading =
  | { readonly kind: 'path' }
  /** `note`: how it was understood, in words without user and password, where that was not as a URL is read. */
  | { readonly kind: 'url'; readonly url: string; readonly note: string | null }
  | { readonly kind: 'bad'; readonly problem: string };

interface Split {
  /** Without its `@`; `null`: there is none. */
  readonly login: string | null;
  /** Host and port. */
  readonly host: string;
  /** Path, query and fragment. */
  readonly rest: string;
}

type HostShape = 'IP address' | 'name' | 'none';

/** An address, not a path; its first group is the scheme. */
export const schemePattern = /^([a-z][a-z0-9+.-]*):\/\//i;
const howToWrite =
  'write special characters of a password percent-encoded (@ %40, : %3A, / %2F, ? %3F, # %23, % %25)';

/**
 * Reads a source. People paste passwords as they are, and one with `/`, `?` or `#` ends a URL's host for everyone who reads it by the
 * book: where only one reading names a host that can be one, that is taken, with user and password up to the last `@`; where two do, the
 * address is refused with what to write.
 */
export function readAddress(text: string): AddressReading {
  const scheme = schemePattern.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return findForgottenScheme(text);
  if (!/^(?:rtsp|http)s?$/.test(scheme))
    return toBad(
      `"${hideLogin(text)}": ${scheme}:// is no source; use rtsp://, rtsps://, http://, https://, a file or a folder`,
    );
  const after = text.slice(scheme.length + 3);
  const plain = splitByTheBook(after, scheme);
  const split = choose(plain, splitAtLastSign(after, scheme), after);
  if (split === null)
    return toBad(
      `"${hideLogin(text)}" has an @ after its host; ${howToWrite}, and an @ of the path as %40: it can be read in two ways`,
    );
  if (split !== plain && /%[0-9a-f]{2}/i.test(split.login ?? ''))
    return toBad(`"${hideLogin(text)}" has a password that is percent-encoded in part; ${howToWrite}`);
  const login = split.login === null ? null : encodeLogin(split.login);
  const url = login === split.login ? text : `${scheme}://${login}@${split.host}${split.rest}`;
  const problem = findUrlProblem(text, url);
  if (problem !== null) return toBad(problem);
  const note = `read as ${redact(url)}, with all before the last @ as user and password; percent-encoded (/ %2F, ? %3F, # %23) they leave no doubt`;
  return { kind: 'url', url, note: split === plain ? null : note };
}

/**
 * Whether an address in YAML ends where its password held a ` #`: `rtsp://admin:12 #34@host/s` is read as port 12 of a host "admin", and
 * the rest as a comment.
 */
export function isCutByComment(text: string, comment: string): boolean {
  const scheme = schemePattern.exec(text)?.[0] ?? '';
  if (scheme === '' || text.includes('@') || !/\S@[\w.[-]/.test(comment)) return false;
  const { host, rest } = splitByTheBook(text.slice(scheme.length), scheme);
  return toShape(host) !== 'IP address' && (rest === '' || /^\S/.test(comment));
}

function findUrlProblem(text: string, url: string): string | null {
  if (/＠/.test(text) && !text.includes('@'))
    return `"${hideLogin(text)}" has a full-width ＠ before its host; write @, : and / in half width`;
  if (!URL.canParse(url))
    return `"${hideLogin(text)}" is no URL; ${howToWrite}, and in YAML put an address that holds a # in quotes`;
  const parsed = new URL(url);
  if (parsed.hostname === '') return `"${hideLogin(text)}" names no host`;
  return createAddressGuard(parsed, undefined).checkLiteral(parsed);
}

function toBad(problem: string): AddressReading {
  return { kind: 'bad', problem };
}

/** A path that is none: it would be looked for as a file, and named with its password when it is not found. */
function findForgottenScheme(text: string): AddressReading {
  const isCutScheme = /^(?:rtsp|http)s?:/i.test(text);
  const isLogin = /^[^/\\\s]+:.*[@＠](?:\d{1,3}(?:\.\d{1,3}){3}|[\w.-]+:\d{1,5})(?:[/?]|$)/.test(text);
  if (!isCutScheme && !isLogin) return { kind: 'path' };
  return toBad(
    'is neither an address nor a file: an address begins with rtsp://, rtsps://, http:// or https://',
  );
}

function splitByTheBook(after: string, scheme: string): Split {
  const end = after.search(scheme.startsWith('http') ? /[/?#\\]/ : /[/?#]/);
  const authority = end < 0 ? after : after.slice(0, end);
  const sign = authority.lastIndexOf('@');
  return {
    login: sign < 0 ? null : authority.slice(0, sign),
    host: authority.slice(sign + 1),
    rest: end < 0 ? '' : after.slice(end),
  };
}

function splitAtLastSign(after: string, scheme: string): Split {
  const sign = after.lastIndexOf('@');
  const { host, rest } = splitByTheBook(after.slice(sign + 1), scheme);
  return { login: sign < 0 ? null : after.slice(0, sign), host, rest };
}

/** Of two readings the one that can be meant; `null`: either. */
function choose(plain: Split, last: Split, after: string): Split | null {
  if (plain.login === last.login) return plain;
  const [plainHost, lastHost] = [toShape(plain.host), toShape(last.host)];
  if (plainHost === 'IP address' || lastHost === 'none') return plain;
  if (last.login?.includes('://')) return plain.login === null ? null : plain;
  if (plainHost === 'none') return last;
  // By the book the last @ would stand in a fragment, which no server is ever told.
  const isInFragment = after.includes('#') && after.indexOf('#') < after.lastIndexOf('@');
  if (isInFragment) return lastHost === 'IP address' ? last : null;
  if (plain.login === null) return null;
  return lastHost === 'IP address' && !/[.:]/.test(plain.host) ? null : plain;
}

function toShape(host: string): HostShape {
  const [, name = '', port] = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(?::(\d{1,5}))?$/i.exec(host) ?? [];
  if (name === '' || Number(port ?? 1) > 65_535) return 'none';
  if (name.startsWith('[') || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return 'IP address';
  return /^[\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}])?\.?$/u.test(name) ? 'name' : 'none';
}

/** User and password as a URL may hold them: what is percent-encoded stays, all that is special to a URL or a log line is. */
function encodeLogin(login: string): string {
  const parts = login.match(/%[0-9a-f]{2}|[\w.~!$&()*+,;=:-]|[^]/giu) ?? [];
  return parts
    .map((part) => (/^(?:%..|[\w.~!$&()*+,;=:-])$/.test(part) ? part : encodeCharacter(part)))
    .join('');
}

function encodeCharacter(character: string): string {
  if (character === "'") return '%27';
  return encodeURIComponent(/\p{Cs}/u.test(character) ? '\ufffd' : character);
}

/** For messages about an address that is not understood: nothing of what may be user and password. */
function hideLogin(text: string): string {
  const sign = Math.max(text.lastIndexOf('@'), text.lastIndexOf('＠'));
  const scheme = schemePattern.exec(text)?.[0] ?? '';
  return sign < 0 ? redact(text) : `${scheme}***@${text.slice(sign + 1)}`;
}
