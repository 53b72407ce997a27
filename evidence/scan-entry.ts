import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { type CustodyEntry, custodyActions } from '../domain/mod.ts';

/** What ties an entry to its neighbours, and to a package. */
export type EntryLink = Pick<
  CustodyEntry,
  'seq' | 'action' | 'candidateId' | 'manifestHash' | 'prevHash' | 'hash'
>;

// As RFC 8785 writes a string: only what must be escaped is, each in its one way.
const plainCharacters = String.raw`[^"\\\x00-\x1f]*`;
const escape = String.raw`\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[0-9a-f]))`;
// Runs of plain characters in one step each: to choose at every character would take three times as long.
const text = `"(?!")${plainCharacters}(?:${escape}${plainCharacters})*"`;
const digest = '"[0-9a-f]{64}"';
const time = String.raw`"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z"`;
const orNull = (form: string): string => `(?:${form}|null)`;

/** The one form that a line of an entry has: keys in order, no spaces, nothing else. */
const entryLine = new RegExp(
  `^{"action":"(${custodyActions.join('|')})","actor":${text},"at":${time},"candidateId":(${text}),` +
    `"content":${orNull(text)},"from":${text},"hash":(${digest}),"manifestHash":(${digest}),"prevHash":(${orNull(digest)}),"reason":${text},` +
    String.raw`"seq":([1-9]\d{0,14}),"type":"entry","unit":${orNull(text)},"v":1}$`,
);

/** Stands for itself in every encoding. */
const plain = /^"[\w-]*"$/;

const hashField = '"hash":';
/** What is hashed of a line of usual length. */
const scratch = Buffer.allocUnsafeSlow(4096);

/** With key, quotes and comma. */
const hashFieldLength = `${hashField}"",`.length + 64;

/**
 * Reads a line that is, byte for byte, a good entry with the hash it should have; `null` for any other line, about which `parseLogLine`
 * then says what it is. Ten times as fast as to parse, check and write it again: a log of years is mostly such lines.
 */
export function scanEntry(bytes: Buffer): EntryLink | null {
  if (!isUtf8(bytes)) return null;
  // Each byte as one character: places in the text are places in the line.
  const line = bytes.toString('latin1');
  const found = entryLine.exec(line);
  if (found === null) return null;
  const [, action, candidateId = '', own = '', manifestHash = '', prevHash = '', seq] = found;
  // Within a string its quotes would be escaped: the first one is the key.
  const from = line.indexOf(hashField);
  const length = bytes.length - hashFieldLength;
  const rest = length <= scratch.length ? scratch.subarray(0, length) : Buffer.allocUnsafe(length);
  bytes.copy(rest, 0, 0, from);
  bytes.copy(rest, from, from + hashFieldLength);
  if (hash('sha256', rest) !== own.slice(1, -1)) return null;
  return {
    seq: Number(seq),
    action: action as EntryLink['action'],
    candidateId: plain.test(candidateId)
      ? candidateId.slice(1, -1)
      : (JSON.parse(Buffer.from(candidateId, 'latin1').toString('utf8')) as string),
    manifestHash: manifestHash.slice(1, -1),
    prevHash: prevHash === 'null' ? null : prevHash.slice(1, -1),
    hash: own.slice(1, -1),
  };
}
