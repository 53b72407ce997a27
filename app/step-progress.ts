const progressEveryMs = 200;

export interface StepProgress {
  readonly show: (step: string, done: number, total: number) => void;
  readonly clear: () => void;
}

/** A counter on stderr, for people only. */
export function openStepProgress(): StepProgress {
  const { stderr } = process;
  let shownAtMs = 0;
  return {
    show(step, done, total) {
      const nowMs = performance.now();
      if (!stderr.isTTY || (nowMs - shownAtMs < progressEveryMs && done < total)) return;
      shownAtMs = nowMs;
      stderr.write(`\r\u001b[K${step}: ${done} of ${total} `);
    },
    clear() {
      if (stderr.isTTY && shownAtMs > 0) stderr.write('\r\u001b[K');
    },
  };
}
