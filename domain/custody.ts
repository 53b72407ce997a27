import type { EvidenceSignature } from './evidence.ts';

/** What may be done to an evidence package: capture is its sealing, hold and release are those of a legal hold. */
export const custodyActions = [
  'capture',
  'view',
  'export',
  'mask',
  'verify',
  'hold',
  'release',
  'delete',
] as const;
export type CustodyAction = (typeof custodyActions)[number];

/** One entry of the chain of custody (监管链): a line of an exported log without its hash. */
export interface CustodyRecord {
  readonly v: 1;
  readonly type: 'entry';
  /** 1, 2, 3 ... without a gap, over all packages. */
  readonly seq: number;
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  readonly candidateId: string;
  /** SHA-256 of the package's manifest. */
  readonly manifestHash: string;
  readonly action: CustodyAction;
  /** User name, or `system` for what the program does by itself. */
  readonly actor: string;
  readonly unit: string | null;
  /** Which part of the package: a path, or `null` for all of it. */
  readonly content: string | null;
  readonly reason: string;
  /** IP address, or the process or camera. */
  readonly from: string;
  /** Hash of the entry before; `null` in the first. */
  readonly prevHash: string | null;
}

export interface CustodyEntry extends CustodyRecord {
  readonly hash: string;
}

/** The seal over the entries of a day: a line of an exported log without hash and signature. */
export interface CustodyRootRecord {
  readonly v: 1;
  readonly type: 'root';
  /** Local calendar date in the console's time zone. */
  readonly day: string;
  /** When that day ended, ISO 8601 in UTC. */
  readonly until: string;
  /** First and last entry that the root covers; last is first - 1 on a day without entries. */
  readonly fromSeq: number;
  readonly toSeq: number;
  /** Merkle tree hash (RFC 6962 section 2.1, SHA-256) over the raw hashes of these entries. */
  readonly merkleRoot: string;
  /** Hash of entry `toSeq`; `null` when there is none yet. */
  readonly headHash: string | null;
  /** Hash of the root before; `null` in the first. */
  readonly prevHash: string | null;
}

export interface CustodyRoot extends CustodyRootRecord {
  readonly hash: string;
  /** Over `toSealedBytes` of the hash; `null` where the console has no key. */
  readonly seal: EvidenceSignature | null;
}

/** First line of an exported log. */
export interface CustodyLogHead {
  readonly v: 1;
  readonly type: 'custody-log';
  readonly exportedAt: string;
  /** Whose days the roots are. */
  readonly timeZone: string;
}

/** Last line of an exported log: how much there must be before it, so that nothing can be cut off. */
export interface CustodyEndRecord {
  readonly v: 1;
  readonly type: 'end';
  /** Both as in the head, which has no hash of its own. */
  readonly exportedAt: string;
  readonly timeZone: string;
  readonly entries: number;
  readonly roots: number;
  /** Hash of the last entry and of the last root; `null` where there is none. */
  readonly headHash: string | null;
  readonly rootHash: string | null;
}

export interface CustodyEnd extends CustodyEndRecord {
  readonly hash: string;
  readonly seal: EvidenceSignature | null;
}

export type CustodyLine = CustodyLogHead | CustodyEntry | CustodyRoot | CustodyEnd;
