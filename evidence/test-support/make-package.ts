import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CandidateFacts, EvidenceManifest } from '../../domain/mod.ts';
import { type BlobStore, openFolderBlobStore } from '../../platform/mod.ts';
import { sealPackage } from '../seal-package.ts';
import { loadOrCreateSigner, type Signer } from '../signer.ts';
import { makeCandidate } from './make-candidate.ts';
import { makeFootage } from './make-footage.ts';

export const sealedAtMs = Date.parse('2026-03-05T00:58:12Z');

export interface TestPackage {
  readonly dir: string;
  readonly manifestHash: string;
  readonly manifest: EvidenceManifest;
}

/** A folder with a key and a blob store in it; `close` removes it. */
export interface TestVault {
  readonly root: string;
  readonly blobs: BlobStore;
  readonly signer: Signer;
  seal(changes?: Partial<CandidateFacts>): Promise<TestPackage>;
  close(): Promise<void>;
}

export async function openTestVault(): Promise<TestVault> {
  const root = await mkdtemp(path.join(tmpdir(), 'xunjie-evidence-'));
  const blobs = openFolderBlobStore(path.join(root, 'blobs'));
  const signer = await loadOrCreateSigner(path.join(root, 'signing-key.pem'));
  return {
    root,
    blobs,
    signer,
    async seal(changes) {
      const candidate = makeCandidate(changes);
      const sealed = await sealPackage({
        candidate,
        footage: makeFootage(),
        signer,
        blobs,
        nowMs: sealedAtMs,
      });
      return { ...sealed, dir: path.join(root, 'blobs/packages', sealed.manifestHash) };
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}
