import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CandidateFacts, EvidenceEvent, EvidenceItem, EvidenceManifest } from '../../domain/mod.ts';
import type { BlobStore } from '../../platform/mod.ts';
import { drawStreet, streetHeight, streetWidth } from './street.ts';

const run = promisify(execFile);
const clipMs = 3_000;
const lights = { first: 1, middle: 0.6, last: 0.2 } as const;

interface PackageFile {
  readonly item: EvidenceItem;
  readonly bytes: Buffer;
}

/** Stores a package with drawn stills and a playable clip at each end, and returns the event that tells of it. */
export async function storeStreetPackage(
  blobs: BlobStore,
  candidate: CandidateFacts,
  colour: string,
): Promise<EvidenceEvent> {
  const files: PackageFile[] = [];
  for (const moment of ['first', 'middle', 'last'] as const) {
    const bytes = await drawStreet(colour, lights[moment]);
    const { capturedAtMs, ptsMs } = candidate[moment];
    const shared = { moment, capturedAtMs, ptsMs, width: streetWidth, height: streetHeight };
    for (const kind of ['original', 'masked'] as const)
      files.push(toFile({ ...shared, kind, path: `${kind}/${moment}.jpg`, mediaType: 'image/jpeg' }, bytes));
  }
  for (const [moment, sighting] of [
    ['start', candidate.first],
    ['end', candidate.last],
  ] as const) {
    const bytes = await filmStreetOnce(colour, moment === 'start' ? 1 : 0.2);
    const { capturedAtMs, ptsMs } = sighting;
    const shared = { moment, capturedAtMs, ptsMs, durationMs: clipMs };
    files.push(
      toFile({ ...shared, kind: 'clip', path: `clip/${moment}.mp4`, mediaType: 'video/mp4' }, bytes),
    );
  }
  const items = files.map(({ item }) => item);
  const sealedAtMs = candidate.lastSeenMs + 1_000;
  const manifest: EvidenceManifest = {
    v: 1,
    candidate,
    items,
    clockErrorMs: candidate.clockErrorMs,
    antiForgeryCode: 'TEST00000000',
    software: { name: 'xunjie', version: '0.0.0-test' },
    sealedAtMs,
    keyId: '0123456789abcdef',
  };
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  const manifestHash = toSha256(manifestBytes);
  for (const { item, bytes } of files)
    await blobs.put(`packages/${manifestHash}/${item.path}`, bytes, item.mediaType);
  await blobs.put(`packages/${manifestHash}/manifest.json`, manifestBytes, 'application/json');
  return {
    v: 1,
    type: 'sealed',
    candidateId: candidate.id,
    camera: candidate.camera,
    manifestHash,
    items,
    sealedAtMs,
  };
}

/** A film per colour and light; filming takes longer than all the rest of a package. */
const films = new Map<string, Promise<Buffer>>();

function filmStreetOnce(colour: string, light: number): Promise<Buffer> {
  const key = `${colour} ${light}`;
  const film = films.get(key) ?? filmStreet(colour, light);
  films.set(key, film);
  return film;
}

async function filmStreet(colour: string, light: number): Promise<Buffer> {
  const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-film-'));
  try {
    const still = path.join(dir, 'still.jpg');
    const film = path.join(dir, 'film.mp4');
    await writeFile(still, await drawStreet(colour, light));
    const input = ['-loop', '1', '-framerate', '5', '-t', String(clipMs / 1000), '-i', still];
    const output = [
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-movflags',
      '+faststart',
      film,
    ];
    await run('ffmpeg', ['-loglevel', 'error', '-y', ...input, ...output], { timeout: 30_000 });
    return await readFile(film);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function toFile(item: Omit<EvidenceItem, 'sha256' | 'bytes'>, bytes: Buffer): PackageFile {
  return { item: { ...item, sha256: toSha256(bytes), bytes: bytes.length }, bytes };
}

function toSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
