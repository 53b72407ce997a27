// Seals packages of a clip and prints, as JSON, the CPU seconds of this process and of its decoders. seal-packages CLIP FOLDER COUNT
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { DetectionBatch } from '../../domain/mod.ts';
import { openKeyring, sealPackage } from '../../evidence/mod.ts';
import { makeCandidate } from '../../evidence/test-support/make-candidate.ts';
import { openClipFootage } from '../../ingest/mod.ts';
import { openFolderBlobStore } from '../../platform/mod.ts';

const [clip = '', folder = '', count = '1'] = process.argv.slice(2);
const footage = await openClipFootage(clip);
const blobs = openFolderBlobStore(path.join(folder, 'sealed'));
const signer = await openKeyring(path.join(folder, 'keys')).current();
const base = makeCandidate();
const at = (ptsMs: number) => ({ ...base.first, ptsMs, capturedAtMs: base.first.capturedAtMs + ptsMs });
const candidate = makeCandidate({ first: at(5_000), middle: at(32_000), last: at(60_000), legalMs: 50_000 });

/** A busy street: ten people and eight vehicles beside the one in question. */
function makeBatch(capturedAtMs: number): DetectionBatch {
  const others = Array.from({ length: 18 }, (_, index) => {
    const x = (index % 6) / 6;
    const y = 0.1 + 0.3 * Math.floor(index / 6);
    return index < 10
      ? { class: 'person' as const, score: 0.8, box: [x, y, x + 0.03, y + 0.15] as const }
      : { class: 'car' as const, score: 0.8, box: [x, y, x + 0.15, y + 0.15] as const };
  });
  return {
    v: 1,
    camera: candidate.camera,
    ptsMs: 0,
    capturedAtMs,
    clockErrorMs: 500,
    width: 1920,
    height: 1080,
    model: null,
    detections: [{ class: 'car', score: 0.9, box: candidate.first.box }, ...others],
  };
}

const seal = async (nowMs: number): Promise<number> => {
  const { manifest } = await sealPackage({
    candidate,
    footage,
    detections: { readNearest: async (capturedAtMs) => makeBatch(capturedAtMs) },
    signer,
    blobs,
    nowMs,
  });
  return manifest.items.reduce((sum, item) => sum + item.bytes, 0);
};

await seal(base.lastSeenMs); // fonts are looked for once per process
const before = readCpuS();
let bytes = 0;
for (let index = 1; index <= Number(count); index++) bytes += await seal(base.lastSeenMs + index);
process.stdout.write(`${JSON.stringify({ cpuS: readCpuS() - before, bytes })}\n`);

/** User and system time of this process and of its children that have ended, seconds (proc(5): utime, stime, cutime, cstime). */
function readCpuS(): number {
  const ticksPerS = 100;
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? [];
  return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0) / ticksPerS;
}
