import { setTimeout } from 'node:timers/promises';
import { XunjieError } from '../domain/mod.ts';
import type { Program } from './assemble.ts';
import { consoleWorkerName } from './roles/console-role.ts';
import { toEvidenceWorkerName } from './roles/evidence-worker.ts';

const pollMs = 100;
const settleTimeoutMs = 10 * 60_000;

/** Resolves when everything the ended cameras saw has been folded, sealed and filed; throws `internal` when that does not happen. */
export async function settle(program: Program, signal: AbortSignal): Promise<void> {
  const { bus, rules } = program;
  const deadline = Date.now() + settleTimeoutMs;
  const until = async (what: string, isDone: () => Promise<boolean>): Promise<void> => {
    while (!(await isDone())) {
      signal.throwIfAborted();
      if (Date.now() > deadline) throw new XunjieError('internal', `gave up waiting for ${what}`);
      await setTimeout(pollMs, undefined, { signal });
    }
  };
  if (rules) {
    for (const camera of program.running) {
      const newest = await bus.readLast('detections', camera); // null once the log has expired: nothing is left to fold
      await until('the rules', async () => newest === null || rules.readSeq() >= newest.seq);
    }
  }
  for (const camera of program.running)
    await until(
      `the evidence of ${camera}`,
      async () => (await bus.countPending('candidates', toEvidenceWorkerName(camera))) === 0,
    );
  if (program.console)
    for (const stream of ['candidates', 'evidence'] as const)
      await until(
        `the console (${stream})`,
        async () => (await bus.countPending(stream, consoleWorkerName)) === 0,
      );
}
