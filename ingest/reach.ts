import { connect } from 'node:net';

/** Tries a TCP connection and closes it; `null` when the camera answers, else why not, in words. Spares an ffmpeg per attempt on a dead camera. */
export function findReachProblem(host: string, port: number, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const finish = (problem: string | null): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => finish(null));
    socket.once('timeout', () =>
      finish(`no answer from ${host}:${port} within ${Math.round(timeoutMs / 1000)} s`),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => finish(toProblem(error, host, port)));
  });
}

function toProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code ?? '') {
    case 'ECONNREFUSED':
      return `${host}:${port} refuses connections`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `no such host: ${host}`;
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `${host} cannot be reached from here`;
    default:
      return `${host}:${port}: ${error.message}`;
  }
}
