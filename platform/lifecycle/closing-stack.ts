import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../log/logger.ts';

/** What was opened, to be closed in the opposite order, each step with a time limit and whatever the others do. */
export interface ClosingStack {
  push(name: string, close: () => Promise<void> | void): void;
  close(): Promise<void>;
}

const stepTimeoutMs = 40_000;

export function createClosingStack(logger: Logger): ClosingStack {
  const steps: { name: string; close: () => Promise<void> | void }[] = [];
  let closing: Promise<void> | null = null;
  const closeAll = async (): Promise<void> => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      const { name, close } = step;
      try {
        await withTimeout(Promise.resolve(close()), stepTimeoutMs);
      } catch (error) {
        logger.error({ step: name, error: toMessage(error) }, 'could not be closed in order');
      }
    }
  };
  return {
    push: (name, close) => steps.push({ name, close }),
    close: () => (closing ??= closeAll()),
  };
}

async function withTimeout(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
