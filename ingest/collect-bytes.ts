import { Writable } from 'node:stream';

/** A stream that keeps what a run of ffmpeg writes; more than `maxBytes` ends the run. Nothing is given of a run that broke off. */
export function collectBytes(maxBytes: number): { bytes: Writable; finished: Promise<Uint8Array> } {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const bytes = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      length += chunk.length;
      chunks.push(chunk);
      done(length > maxBytes ? new Error(`more than ${maxBytes} bytes came`) : null);
    },
  });
  const finished = new Promise<Uint8Array>((resolve) => {
    bytes.on('finish', () => resolve(Buffer.concat(chunks)));
    // The library ends the run with this error; the exit tells it.
    bytes.on('error', () => resolve(new Uint8Array()));
  });
  return { bytes, finished };
}
