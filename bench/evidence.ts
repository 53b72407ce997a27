// What sealing one package costs (1080p, three stills with annotated and masked copies, a clip at each end) and how fast packages verify.
// npm run bench:evidence -- [--packages 5] [--megabytes 256]
import { spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { FootageReader } from '../domain/mod.ts';
import { openKeyring, sealPackage, verifyPackage } from '../evidence/mod.ts';
import { makeCandidate } from '../evidence/test-support/make-candidate.ts';
import { makeClip, makeFootage } from '../evidence/test-support/make-footage.ts';
import { openFolderBlobStore } from '../platform/mod.ts';
import { projectRoot } from '../test/support/fixtures.ts';
import { recordFigures } from './support/record-figures.ts';

const mostSealCpuS = 1.5;
const leastVerifyMbPerS = 100;
const runTimeoutMs = 5 * 60_000;

const { values } = parseArgs({
  options: {
    packages: { type: 'string', default: '5' },
    megabytes: { type: 'string', default: '256' },
  },
});
const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-bench-evidence-'));
try {
  const sealed = measureSealing(path.join(dir, 'street.mp4'), Number(values.packages));
  const verified = await measureVerifying(Number(values.megabytes));
  recordFigures({ bench: 'evidence', ...sealed, ...verified });
  if (sealed.sealCpuS > mostSealCpuS || verified.verifyMbPerS < leastVerifyMbPerS) {
    process.stderr.write(
      `too dear: at most ${mostSealCpuS} s of CPU per package and at least ${leastVerifyMbPerS} MB/s are wanted\n`,
    );
    process.exitCode = 1;
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}

/** In a process of its own, whose CPU and whose decoders' CPU are all there is to count. */
function measureSealing(
  clip: string,
  packages: number,
): { sealCpuS: number; packageMb: number; packages: number } {
  run('ffmpeg', [
    ...'-loglevel error -y -stream_loop 1 -i'.split(' '),
    path.join(projectRoot, 'samples/town/harbour-road.mp4'),
    ...'-t 70 -vf scale=1920:1080 -c:v libx264 -preset ultrafast -b:v 4M -g 50 -pix_fmt yuv420p -an'.split(
      ' ',
    ),
    clip,
  ]);
  const child = path.join(projectRoot, 'bench/support/seal-packages.ts');
  const printed = run(process.execPath, ['--import', 'tsx', child, clip, dir, String(packages)]);
  const { cpuS, bytes } = JSON.parse(printed.trim().split('\n').at(-1) ?? '{}') as {
    cpuS: number;
    bytes: number;
  };
  return {
    sealCpuS: Math.round((cpuS / packages) * 1000) / 1000,
    packageMb: Math.round(bytes / packages / 1e4) / 100,
    packages,
  };
}

function run(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: projectRoot,
    encoding: 'utf8',
    timeout: runTimeoutMs,
  });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.trim()}`);
  return stdout;
}

/** A package with long clips, checked as `xunjie verify` does; the best of three, as other programs run beside. */
async function measureVerifying(
  megabytes: number,
): Promise<{ verifyMbPerS: number; verifyMbPerCpuS: number }> {
  const bytes = randomFillSync(new Uint8Array((megabytes * 1e6) / 2));
  bytes.set(Buffer.from('\0\0\0\u0018ftypisom', 'latin1'));
  const readClip: FootageReader['readClip'] = (fromPtsMs, toPtsMs) =>
    makeClip(bytes, fromPtsMs, toPtsMs - fromPtsMs);
  const root = path.join(dir, 'verify');
  const { manifest, manifestHash } = await sealPackage({
    candidate: makeCandidate(),
    footage: makeFootage({ readClip }),
    signer: await openKeyring(path.join(dir, 'keys')).current(),
    blobs: openFolderBlobStore(root),
    nowMs: Date.now(),
  });
  const total = manifest.items.reduce((sum, item) => sum + item.bytes, 0) / 1e6;
  let [wallS, cpuS] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < 3; round++) {
    const begun = performance.now();
    const before = process.cpuUsage();
    const verdict = await verifyPackage(path.join(root, 'packages', manifestHash));
    const { user, system } = process.cpuUsage(before);
    if (!verdict.ok) throw new Error(`the package does not verify: ${verdict.problem}`);
    wallS = Math.min(wallS, (performance.now() - begun) / 1000);
    cpuS = Math.min(cpuS, (user + system) / 1e6);
  }
  return { verifyMbPerS: Math.round(total / wallS), verifyMbPerCpuS: Math.round(total / cpuS) };
}
