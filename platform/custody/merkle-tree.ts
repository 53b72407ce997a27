import { hash } from 'node:crypto';

/** Leaf and node hashes begin with different bytes, so that no node can be passed off as a leaf (RFC 6962, section 2.1). */
const leafPrefix = 0x00;
const nodePrefix = 0x01;
const hashBytes = 32;

/** A digest, each byte as one character: such a string is made in half the time of a buffer. */
type Digest = string;

/** Grows a Merkle tree leaf by leaf; memory grows with the logarithm of the leaves alone. */
export class MerkleTree {
  /** Whole subtrees from left to right, each larger than the next. */
  readonly #peaks: { readonly digest: Digest; readonly leaves: number }[] = [];

  add(data: Uint8Array): void {
    let digest = hashLeaf(data);
    let leaves = 1;
    for (let last = this.#peaks.at(-1); last?.leaves === leaves; last = this.#peaks.at(-1)) {
      this.#peaks.pop();
      digest = hashNode(last.digest, digest);
      leaves *= 2;
    }
    this.#peaks.push({ digest, leaves });
  }

  /** The Merkle tree hash of what was added so far, lower-case hex; of nothing it is the SHA-256 of nothing. */
  toRoot(): string {
    const digests = this.#peaks.map((peak) => peak.digest);
    if (digests.length === 0) return hash('sha256', '');
    return Buffer.from(
      digests.reduceRight((right, left) => hashNode(left, right)),
      'latin1',
    ).toString('hex');
  }
}

// In one call on one buffer: a hash object for each leaf and node, or a new buffer for each, would cost several times the hashing.
const node = Buffer.alloc(1 + 2 * hashBytes);

function hashNode(left: Digest, right: Digest): Digest {
  node[0] = nodePrefix;
  node.write(left, 1, 'latin1');
  node.write(right, 1 + hashBytes, 'latin1');
  return hash('sha256', node, 'binary');
}

function hashLeaf(data: Uint8Array): Digest {
  const length = 1 + data.length;
  const leaf = length <= node.length ? node.subarray(0, length) : Buffer.alloc(length);
  leaf[0] = leafPrefix;
  leaf.set(data, 1);
  return hash('sha256', leaf, 'binary');
}
