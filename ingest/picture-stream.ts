import { Writable } from 'node:stream';
import { XunjieError } from '../domain/mod.ts';
import { createDeferred, type Deferred } from './deferred.ts';
import { createShowinfoReader, type PictureHeader } from './showinfo.ts';

/** A picture with its own time: RGB24, `pixelWidth * pixelHeight * 3` bytes. */
export interface Picture extends PictureHeader {
  readonly pixels: Uint8Array;
  /** Nobody reads `pixels` any more. */
  readonly release: () => void;
}

export interface PictureStream {
  /** Takes ffmpeg's raw pictures. Errors when a picture and its header do not match, or with what `onPicture` rejected with. */
  readonly bytes: Writable;
  /** Resolves after the last picture was taken, or with what went wrong. */
  readonly finished: Promise<Error | null>;
  /** Takes a line of ffmpeg's standard error; returns the picture that it announces, if any. */
  acceptLine(line: string): PictureHeader | null;
  /** ffmpeg is gone: no further line comes. */
  endLines(): void;
  /** From now on everything is read and thrown away, so that ffmpeg can come to its end; a taker in work is not waited for. */
  discard(): void;
}

const maxPictureBytes = 128 * 1024 * 1024;
/** Pictures' memory kept for later ones: one is read in while another is looked at and a third waits. */
const maxSpare = 2;

/**
 * Joins ffmpeg's pictures with its showinfo lines strictly first in, first out. The two come over different pipes in any order; each
 * waits for the other. `onPicture` is awaited before more is read, which holds ffmpeg back through the pipe.
 */
export function createPictureStream(onPicture: (picture: Picture) => Promise<void>): PictureStream {
  const reader = createShowinfoReader();
  const headers: PictureHeader[] = [];
  let news: Deferred<void> | null = null;
  let linesEnded = false;
  let discarding = false;
  let fault: Error | null = null;
  const discarded = createDeferred<void>();
  let current: { header: PictureHeader; pixels: Uint8Array; filled: number } | null = null;
  let spare: Uint8Array[] = [];

  const takeMemory = (bytes: number): Uint8Array => {
    const pixels = spare.pop();
    if (pixels?.length === bytes) return pixels;
    spare = []; // of another size
    return new Uint8Array(bytes);
  };
  const toPicture = (header: PictureHeader, pixels: Uint8Array): Picture => {
    let isReleased = false;
    return {
      ...header,
      pixels,
      release: () => {
        if (!isReleased && spare.length < maxSpare) spare.push(pixels);
        isReleased = true;
      },
    };
  };

  const wakeUp = (): void => {
    news?.resolve();
    news = null;
  };

  const nextHeader = async (): Promise<PictureHeader | null> => {
    while (headers.length === 0) {
      if (discarding) return null;
      if (fault !== null) throw fault;
      if (linesEnded) throw toMismatch('more bytes than pictures announced');
      news = createDeferred();
      await news.promise;
    }
    return headers.shift() ?? null;
  };

  const take = async (chunk: Uint8Array): Promise<void> => {
    for (let at = 0; at < chunk.length; ) {
      if (discarding) return;
      if (current === null) {
        const header = await nextHeader();
        if (header === null) return;
        const bytes = header.pixelWidth * header.pixelHeight * 3;
        if (bytes > maxPictureBytes) throw toMismatch(`a picture of ${bytes} bytes`);
        current = { header, pixels: takeMemory(bytes), filled: 0 };
      }
      const part = chunk.subarray(at, at + current.pixels.length - current.filled);
      current.pixels.set(part, current.filled);
      current.filled += part.length;
      at += part.length;
      if (current.filled < current.pixels.length) return;
      const { header, pixels } = current;
      current = null;
      await Promise.race([onPicture(toPicture(header, pixels)), discarded.promise]);
    }
  };

  const handOver = async (chunk: Uint8Array, done: (error?: Error | null) => void): Promise<void> => {
    try {
      await take(chunk);
    } catch (error) {
      done(error as Error);
      return;
    }
    done();
  };

  const finished = createDeferred<Error | null>();
  const bytes = new Writable({
    autoDestroy: false,
    emitClose: false,
    write(chunk: Uint8Array, _encoding, done) {
      void handOver(chunk, done);
    },
    final(done) {
      if (discarding || current === null) done();
      else done(toMismatch('the last picture is cut off'));
    },
  });
  bytes.on('finish', () => finished.resolve(null));
  bytes.on('error', (error) => finished.resolve(error));

  return {
    bytes,
    finished: finished.promise,
    acceptLine(line) {
      try {
        const header = reader.accept(line);
        if (header === null) return null;
        headers.push(header);
        wakeUp();
        return header;
      } catch (error) {
        fault = error as Error;
        wakeUp();
        return null;
      }
    },
    endLines() {
      linesEnded = true;
      wakeUp();
    },
    discard() {
      discarding = true;
      discarded.resolve();
      wakeUp();
    },
  };
}

function toMismatch(what: string): XunjieError {
  return new XunjieError('bad_footage', `ffmpeg's pictures and their times do not match: ${what}`);
}
