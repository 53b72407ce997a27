import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MerkleTree } from './merkle-tree.ts';

function toRoot(leaves: readonly Uint8Array[]): string {
  const tree = new MerkleTree();
  for (const leaf of leaves) tree.add(leaf);
  return tree.toRoot();
}

const sha256 = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

/** The definition of RFC 6962, word by word: split at the largest power of two below n. */
function defineRoot(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256();
  if (leaves.length === 1) return sha256(Buffer.of(0), only);
  const k = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return sha256(Buffer.of(1), defineRoot(leaves.slice(0, k)), defineRoot(leaves.slice(k)));
}

describe('the Merkle tree hash', () => {
  // The leaves that the test suites of Certificate Transparency share, and the root after each of them.
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  test.each(roots.map((root, size) => [size, root] as const))('of %i known leaves', (size, root) => {
    expect(toRoot(leaves.slice(0, size).map((leaf) => Buffer.from(leaf, 'hex')))).toBe(root);
  });

  test('is the one of the definition for any number of leaves', () => {
    for (let size = 0; size <= 130; size++) {
      const many = Array.from({ length: size }, (_, index) => Buffer.from(`leaf ${index}`));
      expect(toRoot(many)).toBe(defineRoot(many).toString('hex'));
    }
  });

  test('is another one when a leaf is changed, left out, doubled or moved', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ maxLength: 8 }), { minLength: 2, maxLength: 40 }),
        fc.nat(),
        (texts, at) => {
          const whole: Uint8Array[] = texts.map((text) => Buffer.from(`x${text}`));
          const index = at % (whole.length - 1);
          const root = toRoot(whole);
          expect(toRoot(whole.toSpliced(index, 1))).not.toBe(root);
          expect(toRoot(whole.with(index, Buffer.from('other')))).not.toBe(root);
          expect(toRoot(whole.toSpliced(index, 0, whole[index] as Uint8Array))).not.toBe(root);
          expect(toRoot([...whole.slice(1), whole[0] as Uint8Array])).not.toBe(root);
        },
      ),
    );
  });

  test('takes no inner node for a leaf', () => {
    const [a, b] = [Buffer.from('a'), Buffer.from('b')];
    const inner = Buffer.concat([sha256(Buffer.of(0), a), sha256(Buffer.of(0), b)]);
    expect(toRoot([inner])).not.toBe(toRoot([a, b]));
  });
});
