import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

/**
 * A tiny shell parent for an engine. It holds the read end of a pipe whose write end is ours alone: when this process ends in any
 * way, even by SIGKILL, the pipe closes and the keeper stops the engine in an orderly way. $1 polite signal, $2 hard signal, $3
 * seconds between them, then the command.
 */
const keeperScript = `
polite=$1; hard=$2; patience=$3; shift 3
exec 3<&0
"$@" </dev/null 3<&- &
engine=$!
(
  while read -r _ <&3; do :; done
  kill -s "$polite" "$engine" 2>/dev/null || exit 0
  n=0
  while [ "$n" -lt "$patience" ] && kill -0 "$engine" 2>/dev/null; do sleep 1; n=$((n + 1)); done
  kill -s "$hard" "$engine" 2>/dev/null
) &
watcher=$!
exec 3<&-
wait "$engine"
code=$?
kill "$watcher" 2>/dev/null
wait "$watcher" 2>/dev/null
exit "$code"
`;

export interface KeptCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Run as this user; only root may ask for it. */
  readonly uid?: number;
  readonly gid?: number;
  readonly politeSignal: 'INT' | 'TERM';
  readonly hardSignal: 'QUIT' | 'KILL';
  readonly patienceS: number;
  /** Both outputs go here; emptied at each start. */
  readonly logFile: string;
}

export interface KeptProcess {
  readonly exited: Promise<number>;
  isRunning(): boolean;
  /** Asks politely, then hard; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts an engine under a keeper: it stops when asked, and by itself when this process dies. */
export function startKept(options: KeptCommand): KeptProcess {
  const log = openSync(options.logFile, 'w', 0o600);
  const child: ChildProcess = spawn(
    '/bin/sh',
    [
      '-c',
      keeperScript,
      'xunjie-keeper',
      options.politeSignal,
      options.hardSignal,
      String(options.patienceS),
      options.command,
      ...options.args,
    ],
    {
      stdio: ['pipe', log, log],
      detached: true, // a Ctrl-C in the terminal must reach us first, not the engine
      cwd: '/',
      ...(options.env && { env: options.env }),
      ...(options.uid !== undefined && { uid: options.uid }),
      ...(options.gid !== undefined && { gid: options.gid }),
    },
  );
  closeSync(log);
  let running = true;
  const exited = new Promise<number>((resolve) => {
    child.once('error', () => {
      running = false;
      resolve(127);
    });
    child.once('exit', (code) => {
      running = false;
      resolve(code ?? 1);
    });
  });
  child.stdin?.on('error', () => undefined); // EPIPE when the keeper is already gone: `exited` tells
  return {
    exited,
    isRunning: () => running,
    async stop() {
      child.stdin?.end();
      await exited;
    },
  };
}
