import { keyHeadBytes } from './clock-points.ts';
import type { ConnectionEnd } from './connection.ts';
import { readKeyHead } from './key-head.ts';

/** Watches a stream that is recorded and not decoded for what a decoder would have noticed. */
export interface CopyWatch {
  /** A keyframe; `head`: its first bytes. */
  noteKeyframe(rawMs: number, head: Buffer, codec: string): CopyFinding | null;
  /** The stream has come so far. */
  noteEdge(rawMs: number): CopyFinding | null;
}

type CopyFinding = Pick<ConnectionEnd, 'kind' | 'reason' | 'changedAtRawMs'>;

/** Without a keyframe for so long, or for three of the last gaps, a recording holds nothing that could be looked at. */
const leastKeylessMs = 15_000;
const lookBack = 4;
/** The same as long as no gap is known: some cameras send one keyframe a minute, or fewer. */
const firstKeylessMs = 180_000;

/**
 * A recording's files say one picture size, so that another one needs a new connection. It counts when two keyframes in a row bear the
 * same new parameters: one alone may be damaged. The recording is good up to the first of them.
 */
export function createCopyWatch(): CopyWatch {
  let known: Buffer | null = null;
  let doubtful: { readonly parameters: Buffer; readonly fromRawMs: number } | null = null;
  let keyRawMs: number | null = null;
  let gaps: number[] = [];
  return {
    noteKeyframe(rawMs, head, codec) {
      const { parameters, isPicture } = readKeyHead(head, codec, keyHeadBytes);
      if (!isPicture) return null; // of another codec than was described, ffmpeg takes some packet or other for a keyframe
      if (keyRawMs !== null) gaps = [...gaps, rawMs - keyRawMs].slice(-lookBack);
      keyRawMs = rawMs;
      if (parameters === null) return null; // told in the stream's description alone, and then for all of it
      known ??= parameters;
      if (parameters.equals(known)) {
        doubtful = null;
        return null;
      }
      if (doubtful?.parameters.equals(parameters) === true)
        return {
          kind: 'changed',
          reason: 'the size or kind of the recorded pictures changed',
          changedAtRawMs: doubtful.fromRawMs,
        };
      doubtful = { parameters, fromRawMs: rawMs };
      return null;
    },
    noteEdge(rawMs) {
      keyRawMs ??= rawMs;
      const keylessMs = rawMs - keyRawMs;
      const mostMs = gaps.length === 0 ? firstKeylessMs : Math.max(leastKeylessMs, 3 * Math.max(...gaps));
      if (keylessMs <= mostMs) return null;
      return {
        kind: 'lost',
        reason: `no keyframe for ${Math.round(keylessMs / 1000)} s, so that nothing recorded could be seen`,
      };
    },
  };
}
