/** What ffmpeg says of one picture that it then writes. */
export interface PictureHeader {
  /** Presentation time in the stream's own time base, milliseconds, not rounded. */
  readonly rawPtsMs: number;
  /** Full picture size, before scaling. */
  readonly width: number;
  readonly height: number;
  /** Size of the picture as written. */
  readonly pixelWidth: number;
  readonly pixelHeight: number;
}

/** Names of the two showinfo filters around the scaler. */
export const showinfoBefore = 'showinfo@full=checksum=0';
export const showinfoAfter = 'showinfo@pixels=checksum=0';

interface FilterState {
  timeBaseMs: number;
  nextN: number;
}

interface Shown {
  readonly ptsMs: number;
  readonly width: number;
  readonly height: number;
}

/** The lines of the two filters do not follow each other as they must, so that a picture's time would be a guess. */
export class PairingFault extends Error {
  override readonly name = 'PairingFault';
}

/**
 * Reads the showinfo lines of a run in order. `accept` returns a header once both filters have spoken of the same picture, else `null`.
 * The time is taken from the integer `pts` and the time base: `pts_time` is printed with six digits only, too few after 17 minutes.
 * Throws `PairingFault` when a line is missing.
 */
export function createShowinfoReader(): { accept(line: string): PictureHeader | null } {
  const full: FilterState = { timeBaseMs: Number.NaN, nextN: 0 };
  const pixels: FilterState = { timeBaseMs: Number.NaN, nextN: 0 };
  let before: Shown | null = null;
  return {
    accept(line) {
      if (line.startsWith('[showinfo@full ')) {
        const shown = readLine(full, line);
        if (shown === null) return null;
        if (before !== null) throw new PairingFault('a picture was shown but not scaled');
        before = shown;
        return null;
      }
      if (!line.startsWith('[showinfo@pixels ')) return null;
      const after = readLine(pixels, line);
      if (after === null) return null;
      if (before === null || before.ptsMs !== after.ptsMs)
        throw new PairingFault('a picture changed its time while it was scaled');
      const { ptsMs, width, height } = before;
      before = null;
      return { rawPtsMs: ptsMs, width, height, pixelWidth: after.width, pixelHeight: after.height };
    },
  };
}

function readLine(state: FilterState, line: string): Shown | null {
  const config = /config in time_base: (\d+)\/(\d+)/.exec(line);
  if (config !== null) {
    // Also when the picture size changes in mid-stream: the filters are made anew and count from 0.
    state.timeBaseMs = (1000 * Number(config[1])) / Number(config[2]);
    state.nextN = 0;
    return null;
  }
  const shown = /\] n: *(\d+) pts: *(-?\d+|NOPTS) .* s:(\d+)x(\d+) /.exec(line);
  if (shown === null) return null; // side data, colour
  if (Number(shown[1]) !== state.nextN)
    throw new PairingFault(`picture ${state.nextN} is missing, ${shown[1]} came`);
  state.nextN++;
  const ptsMs = Number(shown[2]) * state.timeBaseMs;
  if (Number.isNaN(ptsMs)) throw new PairingFault('a picture has no time stamp');
  return { ptsMs, width: Number(shown[3]), height: Number(shown[4]) };
}
