import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  type CandidateEvent,
  type EvidenceEvent,
  type FootageReader,
  XunjieError,
} from '../../domain/mod.ts';
import { openKeyring } from '../../evidence/mod.ts';
import { makeCandidate } from '../../evidence/test-support/make-candidate.ts';
import { makeFootage } from '../../evidence/test-support/make-footage.ts';
import { createLogger, openFolderBlobStore } from '../../platform/mod.ts';
import { openOwnNats } from '../../test/support/own-nats.ts';
import { makeTempDir } from '../../test/support/temp-dir.ts';
import { type Sealed, startEvidenceWorker } from './evidence-worker.ts';
import { createTurns } from './turns.ts';

const logger = createLogger('silent');

/** What is said of a candidate that this camera raises, and whether its footage is let go of then. */
async function settle(
  camera: string,
  footage: FootageReader,
  patienceMs: number,
): Promise<{ said: EvidenceEvent[]; letGo: string[]; id: string }> {
  const { bus } = await openOwnNats(camera);
  const dir = await makeTempDir('evidence-worker');
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const candidate = makeCandidate({ camera, id: `candidate-of-${camera}` });
  const letGo: string[] = [];
  const worker = await startEvidenceWorker({
    camera,
    footage,
    detections: { readNearest: async () => null },
    bus,
    blobs: openFolderBlobStore(path.join(dir, 'blobs')),
    keyring: openKeyring(path.join(dir, 'keys')),
    retentionMs: 30 * 86_400_000,
    sealed: await bus.openKeyValue<Sealed>('sealed'),
    turns: createTurns(1),
    patienceMs,
    logger,
    onSettled: async (id) => void letGo.push(id),
  });
  const event: CandidateEvent = { v: 1, type: 'raised', atMs: candidate.lastSeenMs, candidate };
  await bus.publish('candidates', camera, candidate.id, event);
  const said: EvidenceEvent[] = [];
  const following = await bus.follow<EvidenceEvent>('evidence', { camera }, 0, async ({ payload }) => {
    said.push(payload);
  });
  await expect.poll(() => letGo.length, { timeout: 20_000, interval: 50 }).toBe(1);
  await expect.poll(() => said.length, { timeout: 5000, interval: 50 }).toBe(1);
  await following.stop();
  await worker.stop();
  return { said, letGo, id: candidate.id };
}

/** A decoder that the machine starves so many times before it comes to its end. */
function makeStarved(times: number): FootageReader {
  const whole = makeFootage();
  let starved = 0;
  return {
    ...whole,
    readFrame(ptsMs) {
      starved += 1;
      return starved > times
        ? whole.readFrame(ptsMs)
        : Promise.reject(new XunjieError('ffmpeg_interrupted', 'ffmpeg was not done after 60000 ms'));
    },
  };
}

test('a decoder that was starved is tried again: no evidence is given up to a busy machine', async () => {
  const { said, letGo, id } = await settle('starved', makeStarved(2), 60_000);
  expect(said).toMatchObject([{ type: 'sealed', candidateId: id }]);
  expect(letGo).toEqual([id]);
});

test('one that never comes to its end is given up once it was tried for long enough, with the reason', async () => {
  const { said } = await settle('endless', makeStarved(Number.POSITIVE_INFINITY), 0);
  expect(said).toMatchObject([
    { type: 'failed', reason: expect.stringContaining('not done after 60000 ms') },
  ]);
});
