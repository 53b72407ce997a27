/** What was found of a stream's keyframes that asks for another way of decoding. */
export type KeyframeFinding =
  /** They come too far apart. */
  | 'sparse'
  /** They leave the decoder too late, because pictures of later groups are waited for (B-frames). */
  | 'late'
  /** They come, but no picture does: the stream is refreshed bit by bit and has none that stands alone. */
  | 'undecodable'
  /** All is decoded, and keyframes alone have been enough for a while. */
  | 'dense';

export interface KeyframeWatch {
  /** A packet that begins a group of pictures. */
  noteKeyframe(rawMs: number): KeyframeFinding | null;
  /** The stream has come so far. */
  noteEdge(rawMs: number): KeyframeFinding | null;
  /** A picture left the decoder. */
  notePicture(rawMs: number): KeyframeFinding | null;
  /** The longest of the last gaps, milliseconds; `null` before there is one. */
  gapMs(): number | null;
  /** The delay from a picture's packet to the picture, milliseconds; `null` before it is known. */
  delayMs(): number | null;
}

export interface KeyframeWatchOptions {
  readonly decode: 'keyframes' | 'all';
  /** Longest gap with which keyframes alone are enough, and longest delay. */
  readonly longestGapMs: number;
  /** So long must keyframes alone have been enough before they are relied on again. */
  readonly calmMs: number;
  /** By how many groups of pictures keyframes alone left the decoder late, as far as known. */
  readonly lateGroups: number;
}

/** Gaps and delays that are looked back on. */
const lookBack = 4;
/** A keyframe is overdue only when it is later than packets and reports come by. */
const overdueSlackMs = 1000;
/** Away from the limit by so much, so that a gap at the limit does not make decoding go to and fro. */
const clearOfLimit = 0.9;
const fewestGaps = 3;
/** More groups of pictures than this are hardly ever held back. */
const mostHeldGroups = 2;

/** Watches the gaps between keyframes and their way through the decoder; all times are stream times. */
export function createKeyframeWatch(options: KeyframeWatchOptions): KeyframeWatch {
  const { decode, longestGapMs, calmMs, lateGroups } = options;
  let gaps: number[] = [];
  let delays: number[] = [];
  let startRawMs: number | null = null;
  let edgeRawMs = Number.NEGATIVE_INFINITY;
  let keyRawMs: number | null = null;
  let pictureRawMs: number | null = null;
  let calmSinceRawMs: number | null = null;
  let calmGaps = 0;

  const judgeGap = (gapMs: number, atRawMs: number): KeyframeFinding | null => {
    if (decode === 'keyframes') return gapMs > longestGapMs + 1 ? 'sparse' : null;
    const isEnough = Math.max(1, lateGroups) * gapMs <= clearOfLimit * longestGapMs;
    if (!isEnough) {
      calmSinceRawMs = null;
      return null;
    }
    if (calmSinceRawMs === null) {
      calmSinceRawMs = atRawMs - gapMs;
      calmGaps = 0;
    }
    calmGaps++;
    return calmGaps >= fewestGaps && atRawMs - calmSinceRawMs >= calmMs ? 'dense' : null;
  };

  const judgeSilence = (): KeyframeFinding | null => {
    const sinceRawMs = keyRawMs ?? startRawMs;
    if (decode === 'all' || sinceRawMs === null) return null;
    if (edgeRawMs - sinceRawMs > longestGapMs + overdueSlackMs) {
      gaps = [edgeRawMs - sinceRawMs];
      return 'sparse';
    }
    const gapMs = Math.max(...gaps, 0);
    // As long as nothing came out, the decoder may still be holding as many as it is allowed to.
    const fromRawMs = pictureRawMs ?? startRawMs ?? edgeRawMs;
    const mostHeldMs = pictureRawMs === null ? mostHeldGroups * gapMs : Math.max(...delays, 0);
    // Up to the last keyframe: where none came none can have been decoded.
    const isSilent = gaps.length > 1 && sinceRawMs - fromRawMs > mostHeldMs + 3 * gapMs + overdueSlackMs;
    return isSilent ? 'undecodable' : null;
  };

  return {
    noteKeyframe(rawMs) {
      edgeRawMs = Math.max(edgeRawMs, rawMs);
      startRawMs ??= rawMs;
      const gapMs = keyRawMs === null ? null : rawMs - keyRawMs;
      keyRawMs = rawMs;
      if (gapMs === null || gapMs <= 0) return null;
      gaps = [...gaps, gapMs].slice(-lookBack);
      return judgeGap(gapMs, rawMs) ?? judgeSilence();
    },
    noteEdge(rawMs) {
      edgeRawMs = Math.max(edgeRawMs, rawMs);
      startRawMs ??= rawMs;
      return judgeSilence();
    },
    notePicture(rawMs) {
      pictureRawMs = rawMs;
      delays = [...delays, Math.max(0, edgeRawMs - rawMs)].slice(-lookBack);
      if (decode === 'all' || delays.length < lookBack) return null;
      return Math.min(...delays) > longestGapMs ? 'late' : null;
    },
    gapMs: () => (gaps.length === 0 ? null : Math.max(...gaps)),
    delayMs: () => (delays.length === 0 ? null : Math.min(...delays)),
  };
}
