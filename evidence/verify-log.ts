import { stat } from 'node:fs/promises';
import {
  type CustodyEnd,
  type CustodyLine,
  type CustodyLogHead,
  type CustodyRoot,
  toMessage,
} from '../domain/mod.ts';
import { MerkleTree, toSealedBytes } from '../platform/mod.ts';
import { parseLogLine } from './check-log-line.ts';
import { findSealProblem, type KeyTrust } from './check-seal.ts';
import { readLogLines } from './read-log-lines.ts';
import { type EntryLink, scanEntry } from './scan-entry.ts';

export interface LogVerdict {
  readonly ok: boolean;
  /** The first thing that is wrong, naming the line; `null` when nothing is. */
  readonly problem: string | null;
  readonly entries: number;
  readonly roots: number;
  /** Entries of the package in question. */
  readonly mentions: number;
  /** Key that signed the end; `null` for a log that is not signed. */
  readonly keyId: string | null;
}

export interface LogQuestion extends KeyTrust {
  /** The package that the log must tell of; from its sealing on. */
  readonly package?: { readonly manifestHash: string; readonly candidateId: string };
  /** A Merkle root or root hash that was published, which the log must have. */
  readonly trustedRoot?: string;
}

/**
 * Checks an exported custody log with nothing but the file, as a stream: form of every line, chain, roots, end, seals; then what it
 * tells of a package. Never rejects for a log that is wrong; the verdict says what is.
 */
export async function verifyLog(file: string, question: LogQuestion = {}): Promise<LogVerdict> {
  const check = new LogCheck(question);
  try {
    if (!(await stat(file)).isFile()) return check.toVerdict(`${file} is not a file`);
    let lineNo = 0;
    for await (const { lines, problem: cut } of readLogLines(file)) {
      for (const line of lines) {
        lineNo++;
        const problem = check.take(line);
        if (problem !== null) return check.toVerdict(`${file} line ${lineNo}: ${problem}`);
      }
      if (cut !== null) return check.toVerdict(`${file} line ${lineNo + 1}: ${cut}`);
    }
    const problem = check.finish();
    return check.toVerdict(problem === null ? null : `${file}: ${problem}`);
  } catch (error) {
    return check.toVerdict(`${file} cannot be read: ${toMessage(error)}`);
  }
}

/** Where a reader of a log is, and all that later lines must fit. */
class LogCheck {
  readonly #question: LogQuestion;
  #state: 'nothing' | 'open' | 'ended' = 'nothing';
  #head: CustodyLogHead | null = null;
  #entry: EntryLink | null = null;
  #root: CustodyRoot | null = null;
  #roots = 0;
  #mentions = 0;
  #keyId: string | null = null;
  #isRootFound = false;
  /** Over the entries since the last root. */
  #tree = new MerkleTree();

  constructor(question: LogQuestion) {
    this.#question = question;
  }

  take(bytes: Buffer): string | null {
    const entry = this.#state === 'open' ? scanEntry(bytes) : null;
    if (entry !== null) return this.#takeEntry(entry);
    const parsed = parseLogLine(bytes);
    if (parsed.problem !== null) return parsed.problem;
    const { line } = parsed;
    if (this.#state === 'ended') return 'comes after the end of the log';
    if (this.#state === 'nothing') {
      if (line.type !== 'custody-log')
        return `the log does not begin with its head, but with ${toName(line)}`;
      this.#state = 'open';
      this.#head = line;
      return null;
    }
    if (line.type === 'entry') return this.#takeEntry(line);
    if (line.type === 'root') return this.#takeRoot(line);
    return line.type === 'end' ? this.#takeEnd(line) : 'a second head';
  }

  #takeEntry(entry: EntryLink): string | null {
    const seq = (this.#entry?.seq ?? 0) + 1;
    if (entry.seq !== seq) return `entry ${entry.seq} where entry ${seq} should be: left out or moved`;
    if (entry.prevHash !== (this.#entry?.hash ?? null))
      return `entry ${seq} does not follow from the entry before: prevHash is ${entry.prevHash}, that entry's hash ${this.#entry?.hash ?? null}`;
    const asked = this.#question.package;
    if (asked !== undefined && entry.manifestHash === asked.manifestHash) {
      if (entry.candidateId !== asked.candidateId)
        return `entry ${seq} says the package is of candidate ${entry.candidateId}, its manifest says ${asked.candidateId}`;
      if (this.#mentions === 0 && entry.action !== 'capture')
        return `entry ${seq} is the first of the package and says "${entry.action}": its capture is missing`;
      this.#mentions++;
    }
    this.#tree.add(Buffer.from(entry.hash, 'hex'));
    this.#entry = entry;
    return null;
  }

  #takeRoot(root: CustodyRoot): string | null {
    const name = `the root of ${root.day}`;
    const fromSeq = (this.#root?.toSeq ?? 0) + 1;
    const toSeq = this.#entry?.seq ?? 0;
    if (this.#root !== null && root.day <= this.#root.day) return `${name} after that of ${this.#root.day}`;
    if (root.fromSeq !== fromSeq) return `${name} begins with entry ${root.fromSeq}, not ${fromSeq}`;
    if (root.toSeq !== toSeq) return `${name} ends with entry ${root.toSeq}, but stands after entry ${toSeq}`;
    if (root.prevHash !== (this.#root?.hash ?? null)) return `${name} does not follow from the root before`;
    if (root.headHash !== (this.#entry?.hash ?? null)) return `${name} names another last entry: headHash`;
    const merkleRoot = this.#tree.toRoot();
    if (root.merkleRoot !== merkleRoot)
      return `${name} is wrong: merkleRoot is ${root.merkleRoot}, its entries give ${merkleRoot}`;
    const problem = this.#findSealProblem(root, name, root.until);
    if (problem !== null) return problem;
    this.#isRootFound ||= [root.merkleRoot, root.hash].includes(
      this.#question.trustedRoot?.toLowerCase() ?? '',
    );
    this.#tree = new MerkleTree();
    this.#root = root;
    this.#roots++;
    return null;
  }

  #takeEnd(end: CustodyEnd): string | null {
    const entries = this.#entry?.seq ?? 0;
    if (end.exportedAt !== this.#head?.exportedAt || end.timeZone !== this.#head.timeZone)
      return `the end is of an export at ${end.exportedAt} (${end.timeZone}), the head of one at ${this.#head?.exportedAt} (${this.#head?.timeZone})`;
    if (end.entries !== entries) return `the end counts ${end.entries} entries, the log has ${entries}`;
    if (end.roots !== this.#roots) return `the end counts ${end.roots} roots, the log has ${this.#roots}`;
    if (end.headHash !== (this.#entry?.hash ?? null)) return 'the end names another last entry: headHash';
    if (end.rootHash !== (this.#root?.hash ?? null)) return 'the end names another last root: rootHash';
    const problem = this.#findSealProblem(end, 'the end', end.exportedAt);
    if (problem !== null) return problem;
    this.#keyId = end.seal?.keyId ?? null;
    this.#state = 'ended';
    return null;
  }

  #findSealProblem(line: CustodyRoot | CustodyEnd, name: string, at: string): string | null {
    const { trustedKeyId, trustedKeys } = this.#question;
    if (line.seal === null)
      return trustedKeyId === undefined && trustedKeys === undefined ? null : `${name} is not signed`;
    const sealed = {
      bytes: toSealedBytes(line.type, line.hash),
      sealedAtMs: Date.parse(at),
      place: 'its line',
      thing: name,
    };
    const problem = findSealProblem(line.seal, sealed, this.#question);
    return problem === null ? null : `the signature of ${name} ${problem}`;
  }

  /** What is missing when the file is through, or `null`. */
  finish(): string | null {
    if (this.#state === 'nothing') return 'is empty';
    if (this.#state === 'open') return 'has no end: it was cut off';
    const { trustedRoot, package: asked } = this.#question;
    if (trustedRoot !== undefined && !this.#isRootFound) return `has no root ${trustedRoot}`;
    if (asked !== undefined && this.#mentions === 0)
      return `does not mention the package ${asked.manifestHash}`;
    return null;
  }

  toVerdict(problem: string | null): LogVerdict {
    return {
      ok: problem === null,
      problem,
      entries: this.#entry?.seq ?? 0,
      roots: this.#roots,
      mentions: this.#mentions,
      keyId: this.#keyId,
    };
  }
}

function toName(line: CustodyLine): string {
  return line.type === 'entry'
    ? `entry ${line.seq}`
    : line.type === 'root'
      ? `the root of ${line.day}`
      : line.type;
}
