import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { toMessage, XunjieError } from '../domain/errors.ts';
import { checkInputs } from './check-fit.ts';
import { toReader } from './decode-outputs.ts';
import type { ModelCard } from './model-card.ts';
import { type Network, type OutputValues, openNetwork } from './network.ts';
import type { RawBox } from './raw-box.ts';
import { createRunner, findBoxes, type Run } from './runner.ts';
import { toLabelDetections } from './to-detections.ts';
import type { Try, TryReply, TryRequest, TryResult } from './try-model.ts';

const likelyScore = 0.25;

async function tryAll({ weightsPath, tries }: TryRequest): Promise<TryResult[]> {
  const network = await openNetwork(weightsPath);
  try {
    const results: TryResult[] = [];
    for (const each of tries) results.push(await tryOne(network, each));
    return results;
  } finally {
    await network.release();
  }
}

async function tryOne(network: Network, { card, picture }: Try): Promise<TryResult> {
  const runner = createRunner(card, network, checkInputs(card, network));
  const run = await runner.run([picture]);
  try {
    return { ...describeRun(run), ...describeBoxes(card, run) };
  } finally {
    run.dispose();
  }
}

function describeRun({
  outputs,
  filledAt,
  inferredAt,
  batch,
}: Run): Pick<TryResult, 'broken' | 'fingerprint' | 'isEmpty' | 'inferMs'> {
  const hash = createHash('sha256');
  for (const { data } of outputs) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const broken = outputs
    .map(({ name, data }) => ({ output: name, count: countBroken(data), of: data.length }))
    .filter(({ count }) => count > 0);
  return {
    broken,
    fingerprint: hash.digest('hex'),
    isEmpty: outputs.every(({ data }) => data.every((value) => value === 0)),
    inferMs: (inferredAt - filledAt) / batch,
  };
}

function countBroken(data: OutputValues['data']): number {
  let count = 0;
  for (const value of data) if (!Number.isFinite(value)) count++;
  return count;
}

type BoxFacts = Omit<TryResult, 'broken' | 'fingerprint' | 'isEmpty' | 'inferMs'>;

function describeBoxes(card: ModelCard, run: Run): BoxFacts {
  const nothing = { found: [], lowestScore: 0, highestScore: 0, likely: 0, outside: 0 };
  let boxes: RawBox[];
  try {
    boxes = findBoxes(
      card,
      toReader(card, { minScore: Number.NEGATIVE_INFINITY, everyLabel: false }),
      run,
      0,
    )();
  } catch (error) {
    if (error instanceof XunjieError && error.code === 'model_failed')
      return { ...nothing, failure: error.message };
    throw error;
  }
  const scores = boxes.map(({ score }) => score);
  const likely = boxes.filter(({ score }) => score >= likelyScore);
  const letterbox = run.letterboxes[0];
  const good = boxes.filter(({ score }) => score >= card.thresholds.score);
  return {
    failure: null,
    found: letterbox === undefined ? [] : toLabelDetections(card, good, letterbox, {}),
    lowestScore: scores.reduce((a, b) => Math.min(a, b), scores[0] ?? 0),
    highestScore: scores.reduce((a, b) => Math.max(a, b), scores[0] ?? 0),
    likely: likely.length,
    outside: likely.filter((box) => isFarOutside(box, card)).length,
  };
}

/** Models put a box a little over the edge, but not its middle beyond it, nor make it twice as large as their input. */
function isFarOutside({ x1, y1, x2, y2 }: RawBox, { input }: ModelCard): boolean {
  const cx = (x1 + x2) / 2 / input.width;
  const cy = (y1 + y2) / 2 / input.height;
  const isElsewhere = cx < -0.1 || cx > 1.1 || cy < -0.1 || cy > 1.1;
  return isElsewhere || x2 - x1 > 2 * input.width || y2 - y1 > 2 * input.height;
}

async function answer(): Promise<TryReply> {
  try {
    return { type: 'tried', results: await tryAll(workerData as TryRequest) };
  } catch (error) {
    return {
      type: 'refused',
      code: error instanceof XunjieError ? error.code : 'model_failed',
      message: toMessage(error),
    };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker's port, not a window
parentPort?.postMessage(await answer());
