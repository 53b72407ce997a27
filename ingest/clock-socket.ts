import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import path from 'node:path';
import { makeScratchFolder } from '../platform/mod.ts';

/** Where one ffmpeg writes an output that this process reads as it comes. */
export interface ClockSocket {
  /** As ffmpeg takes it. */
  readonly target: string;
  close(): void;
}

/**
 * Opens a socket in a folder that no other user can enter, for one writer. The bytes handed over are valid during the call only. A
 * fault of `onBytes` or of the socket is told once and ends the reading; what is written after that is thrown away.
 */
export function openClockSocket(
  onBytes: (bytes: Buffer) => void,
  onFault: (error: Error) => void,
): ClockSocket {
  const folder = makeScratchFolder('clock', 'socket');
  const file = path.join(folder, 's');
  let broken = false;
  const fail = (error: unknown): void => {
    if (!broken) onFault(error as Error);
    broken = true;
  };
  let writer: Socket | null = null;
  const server = createServer((socket) => {
    server.close();
    writer = socket;
    socket.on('data', (bytes: Buffer) => {
      if (broken) return;
      try {
        onBytes(bytes);
      } catch (error) {
        fail(error);
      }
    });
    socket.on('error', fail);
  });
  server.on('error', fail);
  server.listen({ path: file, readableAll: false });
  return {
    target: `unix:${file}`,
    close() {
      server.close();
      writer?.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
