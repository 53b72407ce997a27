import { parentPort, workerData } from 'node:worker_threads';
import { carryError, runSweepJob, type SweepJob } from './sweep-job.ts';

const { answer, error } = await runSweepJob(workerData as SweepJob).then(
  (done) => ({ answer: done, error: undefined }),
  (thrown: unknown) => ({ answer: undefined, error: carryError(thrown) }),
);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port, not a window
parentPort?.postMessage({ answer, error });
