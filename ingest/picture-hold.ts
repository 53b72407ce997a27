import type { Picture } from './picture-stream.ts';

/** Keeps each keyframe's picture until the clock output, too, has told of the keyframe. */
export interface PictureHold {
  put(picture: Picture): void;
  /** The clock output told of a keyframe of that time. */
  noteKeyframe(rawMs: number): void;
  /** Lets go of what has waited for too long: the clock output may name the times a little differently. */
  noteTime(nowMs: number): void;
  /** Lets go of all. */
  flush(): void;
}

const remembered = 8;
const roundingMs = 1;
/** Longer than between two packets of any camera. */
const longestMs = 1000;

/**
 * A keyframe right behind a leap back of the stream's time is decoded at once, while the leap is told of only with the next packet:
 * its picture must not be out before. In order; nothing is dropped here.
 */
export function createPictureHold(hand: (picture: Picture) => void): PictureHold {
  let keyRawMs: number[] = [];
  let waiting: { readonly picture: Picture; readonly sinceMs: number }[] = [];
  const isTold = ({ rawPtsMs }: Picture): boolean =>
    keyRawMs.some((rawMs) => Math.abs(rawMs - rawPtsMs) <= roundingMs);
  const letGo = (isFree: (one: (typeof waiting)[number]) => boolean): void => {
    const last = waiting.findLastIndex(isFree);
    const free = waiting.slice(0, last + 1);
    waiting = waiting.slice(last + 1);
    for (const { picture } of free) hand(picture);
  };
  return {
    put(picture) {
      waiting.push({ picture, sinceMs: performance.now() });
      letGo((one) => isTold(one.picture));
    },
    noteKeyframe(rawMs) {
      keyRawMs = [...keyRawMs, rawMs].slice(-remembered);
      letGo((one) => isTold(one.picture));
    },
    noteTime(nowMs) {
      letGo(({ sinceMs }) => nowMs - sinceMs > longestMs);
    },
    flush() {
      letGo(() => true);
    },
  };
}
