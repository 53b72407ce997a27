import type { CandidateFacts, Sighting } from '../domain/mod.ts';
import { insideMs, outsideMs } from './read-footage.ts';

/** A stretch of stream time; both ends the same: one frame. */
interface NeededStretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The stream time of all that a candidate's package is made of, so that it is kept until then. */
export function listNeededFootage({ first, middle, last }: CandidateFacts): NeededStretch[] {
  return [
    toFirstClipStretch(first),
    { fromMs: middle.ptsMs, toMs: middle.ptsMs },
    { fromMs: last.ptsMs - insideMs, toMs: last.ptsMs + outsideMs },
  ];
}

/** The clip at a stay's start, with the picture of the first sighting in it. */
export function toFirstClipStretch(first: Sighting): NeededStretch {
  return { fromMs: first.ptsMs - outsideMs, toMs: first.ptsMs + insideMs };
}
