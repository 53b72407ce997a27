import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { XunjieError } from '../domain/mod.ts';
import { type Detector, loadModel, openDetector } from './mod.ts';
import { toSlowModel } from './test-support/slow-model.ts';
import { makeSharedTestFolder, quietLogger, writeTinyModel } from './test-support/tiny-card.ts';

const picture = { pixels: new Uint8Array(64 * 64 * 3), pixelWidth: 64, pixelHeight: 64 };

let detector: Detector;

beforeAll(async () => {
  const folder = await makeSharedTestFolder();
  const model = await loadModel(await writeTinyModel(folder.path, toSlowModel(4)));
  detector = await openDetector({ model, workers: 1, logger: quietLogger });
  await folder.remove();
}, 60_000);
afterAll(() => detector.close());

interface Sender {
  readonly name: string;
  /** Pictures that it sends while the worker answers one; less than one: one each so many answers. */
  readonly perAnswer: number;
  /** Answers of all after which it begins to send. */
  readonly from?: number;
}

interface Watched {
  /** Which of all answers were this camera's. */
  readonly answers: number[];
  offered: number;
  /** Pictures that were given up for newer ones. */
  superseded: number;
}

/**
 * Cameras over the real worker whose pace is that of the worker: each sends so many pictures an answer. How much more comes than can be
 * answered is then the same on any machine and however busy it is.
 */
async function watchCameras(senders: readonly Sender[], answers: number): Promise<Map<string, Watched>> {
  const watched = new Map<string, Watched>(
    senders.map(({ name }) => [name, { answers: [], offered: 0, superseded: 0 }]),
  );
  const pending: Promise<void>[] = [];
  let answered = 0;
  await new Promise<void>((resolve, reject) => {
    const send = (name: string, one: Watched): void => {
      one.offered++;
      const asked = take(name, one);
      pending.push(asked);
      asked.catch(reject);
    };
    const take = async (name: string, one: Watched): Promise<void> => {
      try {
        await detector.detect(picture, { camera: name });
      } catch (error) {
        expect((error as XunjieError).code).toBe('superseded');
        one.superseded++;
        return;
      }
      one.answers.push(answered);
      answered++;
      if (answered < answers) sendAll();
      else resolve();
    };
    const sendAll = (): void => {
      for (const { name, perAnswer, from = 0 } of senders) {
        const one = watched.get(name);
        if (one === undefined) continue;
        const due = answered < from ? 0 : 1 + Math.floor((answered - from) * perAnswer);
        while (one.offered < due) send(name, one);
      }
    };
    sendAll();
  });
  for (const { name } of senders) detector.forget(name);
  await Promise.all(pending);
  return watched;
}

const row = (count: number, perAnswer: number, prefix = 'c'): Sender[] =>
  Array.from({ length: count }, (_, i) => ({ name: `${prefix}${i}`, perAnswer }));

/** All of them wanted more than they got, and had the same share of the answers from the first one on, but for the turn under way. */
function expectEvenShares(watched: ReadonlyMap<string, Watched>, names: RegExp, first = 0): void {
  const all = [...watched].filter(([name]) => names.test(name));
  const counts = all.map(([, { answers }]) => answers.filter((index) => index >= first).length);
  const words = `answers per camera: ${all.map(([name], i) => `${name} ${counts[i]}`).join(', ')}`;
  expect(Math.min(...counts), words).toBeGreaterThan(10);
  expect(Math.max(...counts) - Math.min(...counts), words).toBeLessThanOrEqual(1);
  for (const [name, { answers, superseded }] of all)
    expect(superseded, `given up of ${name}`).toBeGreaterThan(answers.length);
}

describe('over a real worker', () => {
  test('ten cameras that want three times what there is have the same share', async () => {
    expectEvenShares(await watchCameras(row(10, 0.3), 400), /^c/);
  });

  test('cameras that send ten times as fast as others have no more than they, and one that wants less has it', async () => {
    const senders = [...row(3, 3, 'fast'), ...row(7, 0.3, 'slow'), ...row(1, 0.05, 'modest')];
    const watched = await watchCameras(senders, 400);
    expectEvenShares(watched, /^(?:fast|slow)/);
    const { offered, answers, superseded } = watched.get('modest0') as Watched;
    expect(superseded).toBe(0);
    expect(offered).toBe(20); // one each twenty answers
    expect(answers.length).toBeGreaterThanOrEqual(19); // the last one waits as the test ends
  });

  test('a camera that comes back has its share and nothing for the time it was away', async () => {
    const watched = await watchCameras([...row(7, 0.5), { name: 'back', perAnswer: 0.5, from: 160 }], 360);
    expect(watched.get('back')?.answers[0]).toBeGreaterThanOrEqual(160);
    expectEvenShares(watched, /./, 162);
  });
});
