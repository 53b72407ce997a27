import path from 'node:path';
import type { CandidateFacts } from '../../domain/mod.ts';
import { sealPackage } from '../../evidence/mod.ts';
import { makeCandidate } from '../../evidence/test-support/make-candidate.ts';
import { sealedAtMs, type TestPackage, type TestVault } from '../../evidence/test-support/make-package.ts';
import { openClipFootage } from '../../ingest/mod.ts';

/** When stream time 0 of the footage was, by the clock. */
export const footageStartMs = makeCandidate().fromMs;

export interface SealedMoments {
  /** Stream times of pictures that the file has, milliseconds. */
  readonly timesMs: readonly [first: number, middle: number, last: number];
  readonly width: number;
  readonly height: number;
}

/** Seals a package of a file: three pictures at these times, masked copies of a street with one person, clips from the file. */
export async function sealFootage(
  vault: TestVault,
  file: string,
  { timesMs, width, height }: SealedMoments,
  changes: Partial<CandidateFacts> = {},
): Promise<TestPackage> {
  const [first, middle, last] = timesMs.map((ptsMs) => ({
    ...makeCandidate().first,
    ptsMs,
    capturedAtMs: footageStartMs + ptsMs,
  })) as [CandidateFacts['first'], CandidateFacts['first'], CandidateFacts['first']];
  const legalMs = 1_000;
  const candidate = makeCandidate({ first, middle, last, legalMs, width, height, ...changes });
  const sealed = await sealPackage({
    candidate,
    footage: await openClipFootage(file),
    detections: {
      readNearest: async (capturedAtMs) => ({
        v: 1,
        camera: candidate.camera,
        ptsMs: 0,
        capturedAtMs,
        clockErrorMs: 500,
        width,
        height,
        model: null,
        detections: [{ class: 'person', score: 0.8, box: [0.1, 0.2, 0.2, 0.7] }],
      }),
    },
    signer: vault.signer,
    blobs: vault.blobs,
    nowMs: sealedAtMs,
  });
  return { ...sealed, dir: path.join(vault.root, 'blobs/packages', sealed.manifestHash) };
}
