import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { XunjieError } from '../../domain/mod.ts';
import { listLogFiles } from './log-files.ts';
import type { LogPlace } from './log-place.ts';
import type { SceneSet } from './open-scenes.ts';
import { type CarriedError, runSweepJob, type SweepAnswer, type SweepJob } from './sweep-job.ts';

/** Reading and folding less than this is done before a thread has started. */
const minThreadedBytes = 30e6;

/** Folds a log under many scenes, on as many threads as were asked for or (`null`) are worth it; each reads the log once for all its scenes. */
export async function runSweep(
  place: LogPlace,
  variants: readonly SceneSet[],
  threadsAsked: number | null,
): Promise<SweepAnswer> {
  const isWorth = threadsAsked !== null || (await isLarge(place, variants.length));
  const threads = isWorth ? Math.min(threadsAsked ?? availableParallelism(), variants.length) : 1;
  if (threads <= 1) return runSweepJob({ place, variants });
  const shares = Array.from({ length: threads }, (_, thread) =>
    variants.flatMap((variant, index) => (index % threads === thread ? [{ variant, index }] : [])),
  );
  const running = shares.map((share) => startJob({ place, variants: share.map(({ variant }) => variant) }));
  try {
    const answers = await Promise.all(running.map(({ answer }) => answer));
    const [first] = answers;
    if (first === undefined) throw new Error('a sweep without threads');
    const raised = variants.map(
      (_, index) => answers[index % threads]?.raised[Math.floor(index / threads)] ?? [],
    );
    return { cameras: first.cameras, unwatched: first.unwatched, raised };
  } finally {
    await Promise.all(running.map(({ worker }) => worker.terminate()));
  }
}

async function isLarge(place: LogPlace, variants: number): Promise<boolean> {
  if (place.kind === 'stream') return true;
  let bytes = 0;
  for (const file of await listLogFiles(place.options.where))
    bytes += (await stat(file)).size * (file.endsWith('.jsonl') ? 1 : 8);
  return bytes * variants >= minThreadedBytes;
}

interface RunningJob {
  readonly worker: Worker;
  readonly answer: Promise<SweepAnswer>;
}

/** From source the thread's first lines register the loader, which Node 20 has no other way to give a thread. */
function startJob(job: SweepJob): RunningJob {
  const here = import.meta.url;
  const worker = here.endsWith('.ts')
    ? new Worker(
        `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ register }) => { register(); return import(${JSON.stringify(new URL('./sweep-worker.ts', here).href)}); })`,
        { eval: true, execArgv: [], workerData: job },
      )
    : new Worker(new URL('./sweep-worker.js', here), { workerData: job });
  const answer = new Promise<SweepAnswer>((resolve, reject) => {
    worker.once('message', (message: { answer?: SweepAnswer; error?: CarriedError }) => {
      if (message.answer !== undefined) resolve(message.answer);
      else reject(toError(message.error));
    });
    worker.once('error', reject);
    worker.once('exit', (code) =>
      reject(new Error(`a sweep thread ended with ${code} before it had answered`)),
    );
  });
  answer.catch(() => undefined); // whoever waits for all of them hears the first
  return { worker, answer };
}

function toError(carried: CarriedError | undefined): Error {
  if (carried === undefined) return new Error('a sweep thread answered nothing');
  return carried.code === null ? new Error(carried.message) : new XunjieError(carried.code, carried.message);
}
