import { createHash } from 'node:crypto';
import sharp from 'sharp';
import {
  type CandidateEvent,
  type CandidateEventType,
  type CandidateFacts,
  type EvidenceEvent,
  type EvidenceItem,
  type EvidenceManifest,
  toCandidateId,
} from '../../domain/mod.ts';
import type { BlobStore } from '../../platform/mod.ts';

const minuteMs = 60_000;
/** 2026-03-02 10:00 in Shanghai, a Monday. */
export const testStartMs = Date.parse('2026-03-02T10:00:00+08:00');

/** A car that has stood on the pavement for six minutes; every field can be said otherwise. */
export function makeFacts(given: Partial<CandidateFacts> = {}): CandidateFacts {
  const fromMs = given.fromMs ?? testStartMs;
  const camera = given.camera ?? 'cam-01';
  const ruleId = given.ruleId ?? 'sidewalk_parking@pavement';
  const see = (afterMs: number) => ({
    capturedAtMs: fromMs + afterMs,
    ptsMs: afterMs,
    box: [0.4, 0.5, 0.6, 0.8] as const,
    score: 0.8,
  });
  return {
    id: toCandidateId(camera, ruleId, fromMs, [0.4, 0.5, 0.6, 0.8]),
    camera,
    ruleId,
    offence: 'sidewalk_parking',
    zone: 'pavement',
    zonePolygon: [
      [0.3, 0.4],
      [0.7, 0.4],
      [0.7, 0.9],
      [0.3, 0.9],
    ],
    class: 'car',
    presentSinceMs: fromMs,
    fromMs,
    toMs: null,
    lastSeenMs: fromMs + 6 * minuteMs,
    raisedAtMs: fromMs + 5 * minuteMs,
    dwellMs: 6 * minuteMs,
    dwell: { seenMs: 5 * minuteMs, bridgedMs: minuteMs, unknownMs: 0 },
    samplesSeen: 100,
    samplesTaken: 120,
    longestGapMs: 12_000,
    meanScore: 0.8,
    onsetMs: minuteMs,
    legalMs: 5 * minuteMs,
    first: see(0),
    middle: see(3 * minuteMs),
    last: see(6 * minuteMs),
    clockErrorMs: 500,
    width: 640,
    height: 360,
    model: { name: 'test-model', sha256: 'a'.repeat(64) },
    sceneVersion: 'scene-1',
    suppressed: null,
    round: 1,
    repeatOf: null,
    place: null,
    attendedMs: null,
    explanation: 'a car stood in pavement for 6 min',
    ...given,
  };
}

export function makeCandidateEvent(
  type: CandidateEventType,
  candidate: CandidateFacts,
  atMs = candidate.lastSeenMs,
): CandidateEvent {
  return { v: 1, type, atMs, candidate };
}

/** Stores a package with drawn stills, laid out as the evidence room does but unsigned, and returns the event that tells of it. */
export async function storePackage(
  blobs: BlobStore,
  candidate: CandidateFacts,
): Promise<Extract<EvidenceEvent, { type: 'sealed' }>> {
  const files: { item: EvidenceItem; bytes: Buffer }[] = [];
  for (const moment of ['first', 'middle', 'last'] as const) {
    const sighting = candidate[moment];
    for (const kind of ['original', 'annotated', 'masked'] as const) {
      const bytes = await drawStill(candidate, moment);
      const item: EvidenceItem = {
        kind,
        path: `${kind}/${moment}.jpg`,
        mediaType: 'image/jpeg',
        sha256: toSha256(bytes),
        bytes: bytes.length,
        moment,
        capturedAtMs: sighting.capturedAtMs,
        ptsMs: sighting.ptsMs,
        width: candidate.width,
        height: candidate.height,
      };
      files.push({ item, bytes });
    }
  }
  const sealedAtMs = candidate.lastSeenMs + 1000;
  const items = files.map(({ item }) => item);
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

/** A grey street, a lighter pavement, and the thing as a red block where it was seen. */
function drawStill(candidate: CandidateFacts, moment: 'first' | 'middle' | 'last'): Promise<Buffer> {
  const { width, height } = candidate;
  const [x1, y1, x2, y2] = candidate[moment].box;
  const points = candidate.zonePolygon.map(([x, y]) => `${x * width},${y * height}`).join(' ');
  const rect = `x="${x1 * width}" y="${y1 * height}" width="${(x2 - x1) * width}" height="${(y2 - y1) * height}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="#5b6066"/><polygon points="${points}" fill="#9aa0a6"/><rect ${rect} fill="#b33"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
}

function toSha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
