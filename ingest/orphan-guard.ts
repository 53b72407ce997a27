import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A tiny shell beside us that knows our ffmpegs by number. It reads a pipe whose write end is ours alone: when we end in any way, even
 * by SIGKILL, the pipe closes and it ends those that are left. By itself an ffmpeg notices our end only when it next writes a picture,
 * which a stream without keyframes never lets it do.
 */
const guardScript = `
trap '' HUP INT TERM
pids=' '
while read -r op pid; do
  case $op in
    add) pids="$pids$pid " ;;
    del) pids=\${pids%%" $pid "*}\\ \${pids#*" $pid "} ;;
  esac
done
for pid in $pids; do kill -s KILL "$pid" 2>/dev/null; done
`;

let guard: ChildProcess | null = null;
const guarded = new Set<number>();

/** The process ends soon after we do. Returns what takes that back once it is gone. */
export function guardAgainstOrphaning(pid: number | undefined): () => void {
  if (pid === undefined || process.platform === 'win32') return () => {};
  guarded.add(pid);
  if (guard === null) {
    guard = startGuard();
    // A new guard must know them all.
    for (const each of guarded) guard.stdin?.write(`add ${each}\n`);
  } else guard.stdin?.write(`add ${pid}\n`);
  return () => {
    if (guarded.delete(pid)) guard?.stdin?.write(`del ${pid}\n`);
  };
}

function startGuard(): ChildProcess {
  const child = spawn('/bin/sh', ['-c', guardScript, 'xunjie-ffmpeg-guard'], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // a Ctrl-C in the terminal must reach us first
    cwd: '/',
  });
  const forget = (): void => {
    if (guard === child) guard = null; // the next ffmpeg starts another one
  };
  child.on('error', forget);
  child.on('exit', forget);
  child.stdin?.on('error', forget);
  // It must not keep us alive: its end is ours.
  child.unref();
  (child.stdin as unknown as { unref?(): void } | null)?.unref?.();
  return child;
}
