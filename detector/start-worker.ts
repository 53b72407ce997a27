import { Worker } from 'node:worker_threads';

export type WorkerFile = 'detect-worker' | 'inspect-worker' | 'try-worker';

/**
 * Starts a worker thread from a file of this folder. Node 20 cannot load `.ts` as a worker's main file, so from source
 * a one-line main registers tsx first; the built program starts the `.js` file itself. The caller owns the worker.
 * What runs in it imports single files of `domain/`, not its `mod.ts`: the schema library behind that would double the
 * time that every worker takes to start.
 */
export function startWorker(file: WorkerFile, workerData: unknown): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new Worker(new URL(`./${file}.js`, here), { workerData });
  const tsx = import.meta.resolve('tsx/esm/api');
  const entry = new URL(`./${file}.ts`, here).href;
  const main = `import(${JSON.stringify(tsx)}).then(({ register }) => { register(); return import(${JSON.stringify(entry)}); })`;
  return new Worker(main, { eval: true, execArgv: [], workerData });
}
