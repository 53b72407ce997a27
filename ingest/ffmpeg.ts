import type { ChildProcess } from 'node:child_process';
import { getPriority, setPriority } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import ffmpeg from 'fluent-ffmpeg';
import { toMessage } from '../domain/mod.ts';
import { redact } from '../platform/mod.ts';
import { guardAgainstOrphaning } from './orphan-guard.ts';

/** One output: options, then either a stream that takes the bytes (one per run at most) or a file name. */
export interface FfmpegOutput {
  readonly options: readonly string[];
  /** A stream must be made with `emitClose: false` and `autoDestroy: false`: the library takes its closing for a fault. */
  readonly target: Writable | string;
}

export interface FfmpegTask {
  readonly inputOptions: readonly string[];
  /** `file:/absolute/path`, a stream URL, or what is written to its standard input: such a run can only be stopped `now`. */
  readonly input: string | Readable;
  readonly outputs: readonly FfmpegOutput[];
  /** Each line of standard error as it comes, not redacted: never log it. */
  readonly onLine?: (line: string) => void;
  /** Killed after so long; `null`: the owner watches over it. */
  readonly timeoutMs: number | null;
}

export interface FfmpegExit {
  /** `missing`: there is no ffmpeg; `stopped`: by `stop()`; `killed`: by somebody else, the kernel's memory guard say, or it crashed. */
  readonly kind: 'ended' | 'failed' | 'killed' | 'timed_out' | 'stopped' | 'missing';
  /** One redacted line: why it did not end well; empty when it did. */
  readonly reason: string;
}

export interface FfmpegRun {
  /** Resolves once the process is gone and its standard error is read to the end. Never rejects. */
  readonly exited: Promise<FfmpegExit>;
  /** The last lines of standard error, redacted, at most 100. */
  tail(): readonly string[];
  /** Asks with `q`, then SIGTERM, then SIGKILL; `now` skips to the last. Resolves when the process is gone. */
  stop(how?: 'orderly' | 'now'): Promise<void>;
}

const maxTailLines = 100;
const stopStepMs = 1500;

/** How much nicer than this process: eighty decoders at once must not keep the one thread that serves them all from its work. */
const niceness = 13;

function yieldToUs(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, Math.min(19, getPriority() + niceness));
  } catch {
    // it has ended already, or the system does not allow it: it works as it is
  }
}

/** Starts one ffmpeg. The only place that knows fluent-ffmpeg. */
export function startFfmpeg(task: FfmpegTask): FfmpegRun {
  const tail: string[] = [];
  let process: ChildProcess | null = null;
  let stopping: 'orderly' | 'now' | null = null;
  let timedOut = false;
  let unguard = (): void => {};
  const timers = new Set<NodeJS.Timeout>();

  const command = ffmpeg({ stdoutLines: maxTailLines }).addInput(task.input);
  // One by one: of a list, the library splits each option that holds one space, such as a path.
  command.inputOptions('-loglevel', 'info', '-hide_banner', ...task.inputOptions);
  for (const { options, target } of task.outputs) {
    if (typeof target === 'string') command.output(target);
    else command.output(target, { end: true });
    command.outputOptions(...options);
  }

  const kill = (how: 'orderly' | 'now'): void => {
    if (process === null) return; // not started yet: the start handler looks at `stopping`
    if (how === 'now') {
      process.kill('SIGKILL');
      return;
    }
    const child = process;
    child.stdin?.write('q\n');
    after(stopStepMs, () => child.kill('SIGTERM'));
    after(2 * stopStepMs, () => child.kill('SIGKILL'));
  };
  const after = (delayMs: number, act: () => void): void => {
    timers.add(setTimeout(act, delayMs));
  };

  const exited = new Promise<FfmpegExit>((resolve) => {
    const finish = (exit: FfmpegExit): void => {
      for (const timer of timers) clearTimeout(timer);
      unguard();
      // Without a process nothing else would end the stream that waits for its bytes.
      if (process === null)
        for (const { target } of task.outputs) if (typeof target !== 'string') target.end();
      resolve(exit);
    };
    command.on('start', () => {
      process = (command as unknown as { ffmpegProc: ChildProcess }).ffmpegProc;
      unguard = guardAgainstOrphaning(process.pid);
      yieldToUs(process.pid);
      // A process that is already gone cannot take the `q`; its exit says all there is to say.
      process.stdin?.on('error', () => {});
      if (stopping !== null) kill(stopping);
      if (task.timeoutMs !== null)
        after(task.timeoutMs, () => {
          timedOut = true;
          kill('now');
        });
    });
    command.on('stderr', (line: string) => {
      if (line.trim() === '') return;
      tail.push(redact(line));
      if (tail.length > maxTailLines) tail.shift();
      task.onLine?.(line);
    });
    command.on('end', () => finish({ kind: stopping === null ? 'ended' : 'stopped', reason: '' }));
    command.on('error', (error) => {
      if (/cannot find ffmpeg/i.test(toMessage(error)))
        finish({ kind: 'missing', reason: 'ffmpeg is not installed or not on the PATH' });
      else if (timedOut)
        finish({ kind: 'timed_out', reason: `ffmpeg was not done after ${task.timeoutMs} ms` });
      else if (stopping !== null) finish({ kind: 'stopped', reason: '' });
      else {
        const reason = redact(toMessage(error)).replaceAll(/\s+/g, ' ').trim();
        finish({ kind: reason.startsWith('ffmpeg was killed with signal') ? 'killed' : 'failed', reason });
      }
    });
  });
  command.run();

  return {
    exited,
    tail: () => [...tail],
    async stop(how = 'orderly') {
      if (stopping !== 'now') {
        stopping = how;
        kill(how);
      }
      await exited;
    },
  };
}
