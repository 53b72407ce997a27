import { hash } from 'node:crypto';

/** Leaf and node hashes begin with different bytes, so that no node can be passed off as a leaf (RFC 6962, section 2.1). */
const leafPrefix = Buffer.of(0x00);
const nodePrefix = Buffer.of(0x01);

/** Grows a Merkle tree leaf by leaf; memory grows with the logarithm of the leaves alone. */
export class MerkleTree {
  /** Whole subtrees from left to right, each larger than the next. */
  readonly #peaks: { hash: Buffer; leaves: number }[] = [];

  add(data: Uint8Array): void {
    let peak = toSha256(leafPrefix, data);
    let leaves = 1;
    for (let last = this.#peaks.at(-1); last?.leaves === leaves; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      peak = toSha256(nodePrefix, last.hash, peak);
      leaves *= 2;
    }
    this.#peaks.push({ hash: peak, leaves });
  }

  /** The Merkle tree hash of what was added so far, lower-case hex; of nothing it is the SHA-256 of nothing. */
  toRoot(): string {
    const hashes = this.#peaks.map((peak) => peak.hash);
    const root = hashes.reduceRight<Buffer | null>(
      (right, left) => (right === null ? left : toSha256(nodePrefix, left, right)),
      null,
    );
    return (root ?? toSha256()).toString('hex');
  }
}

// In one call on one buffer: a hash object for each leaf and node would cost several times the hashing.
function toSha256(...parts: readonly Uint8Array[]): Buffer {
  return hash('sha256', parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts), 'buffer');
}
