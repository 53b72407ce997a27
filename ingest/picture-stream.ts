import { Writable } from 'node:stream';
import { XunjieError } from '../domain/mod.ts';
import { createShowinfoReader, type PictureHeader } from './showinfo.ts';

/** A picture with its own time: RGB24, `pixelWidth * pixelHeight * 3` bytes. */
export interface Picture extends PictureHeader {
  readonly pixels: Uint8Array;
}

export interface PictureStream {
  /** Takes ffmpeg's raw pictures. Errors when a picture and its header do not match, or with what `onPicture` rejected with. */
  readonly bytes: Writable;
  /** Resolves after the last picture was taken, or with what went wrong. */
  readonly finished: Promise<Error | null>;
  /** Takes a line of ffmpeg's standard error. */
  acceptLine(line: string): void;
  /** ffmpeg is gone: no further line comes. */
  endLines(): void;
  /** From now on everything is read and thrown away, so that ffmpeg can come to its end; a taker in work is not waited for. */
  discard(): void;
}

const maxPictureBytes = 128 * 1024 * 1024;

/**
 * Joins ffmpeg's pictures with its showinfo lines strictly first in, first out. The two come over different pipes in any order; each
 * waits for the other. `onPicture` is awaited before more is read, which holds ffmpeg back through the pipe.
 */
export function createPictureStream(onPicture: (picture: Picture) => Promise<void>): PictureStream {
  const reader = createShowinfoReader();
  const headers: PictureHeader[] = [];
  let wake: (() => void) | null = null;
  let linesEnded = false;
  let discarding = false;
  let fault: Error | null = null;
  let discardNow: () => void = () => {};
  const discarded = new Promise<void>((resolve) => {
    discardNow = resolve;
  });
  let current: { header: PictureHeader; pixels: Uint8Array; filled: number } | null = null;

  const wakeUp = (): void => {
    wake?.();
    wake = null;
  };

  const nextHeader = async (): Promise<PictureHeader | null> => {
    while (headers.length === 0) {
      if (discarding) return null;
      if (fault !== null) throw fault;
      if (linesEnded) throw toMismatch('more bytes than pictures announced');
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return headers.shift() ?? null;
  };

  const take = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length && !discarding; ) {
      if (current === null) {
        const header = await nextHeader();
        if (header === null) return;
        const bytes = header.pixelWidth * header.pixelHeight * 3;
        if (bytes > maxPictureBytes) throw toMismatch(`a picture of ${bytes} bytes`);
        current = { header, pixels: new Uint8Array(bytes), filled: 0 };
      }
      const part = chunk.subarray(at, at + current.pixels.length - current.filled);
      current.pixels.set(part, current.filled);
      current.filled += part.length;
      at += part.length;
      if (current.filled < current.pixels.length) return;
      const { header, pixels } = current;
      current = null;
      await Promise.race([onPicture({ ...header, pixels }), discarded]);
    }
  };

  let settle: (error: Error | null) => void = () => {};
  const finished = new Promise<Error | null>((resolve) => {
    settle = resolve;
  });
  const bytes = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      take(chunk).then(() => done(), done);
    },
    final(done) {
      if (discarding || current === null) done();
      else done(toMismatch('the last picture is cut off'));
    },
  });
  bytes.on('finish', () => settle(null));
  bytes.on('error', (error) => settle(error));

  return {
    bytes,
    finished,
    acceptLine(line) {
      try {
        const header = reader.accept(line);
        if (header === null) return;
        headers.push(header);
      } catch (error) {
        fault = error as Error;
      }
      wakeUp();
    },
    endLines() {
      linesEnded = true;
      wakeUp();
    },
    discard() {
      discarding = true;
      discardNow();
      wakeUp();
    },
  };
}

function toMismatch(what: string): XunjieError {
  return new XunjieError('bad_footage', `ffmpeg's pictures and their times do not match: ${what}`);
}
