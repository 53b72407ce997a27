import type { CandidateDetail, Clip, Still } from '../api/types.ts';

/** Stills in time order, then the clips: what the arrows walk along. */
export type EvidencePiece =
  | { readonly kind: 'still'; readonly still: Still }
  | { readonly kind: 'clip'; readonly clip: Clip };

export function toEvidencePieces(detail: CandidateDetail): EvidencePiece[] {
  const stills = detail.stills.toSorted((a, b) => a.ptsMs - b.ptsMs);
  return [
    ...stills.map((still) => ({ kind: 'still', still }) as const),
    ...detail.clips.map((clip) => ({ kind: 'clip', clip }) as const),
  ];
}

/** Where `C` leads: from a still to the first clip, from clip to clip, and from the last back to the first still. */
export function toggleClip(pieces: readonly EvidencePiece[], index: number): number {
  const nextClip = pieces.findIndex(
    (piece, at) => piece.kind === 'clip' && (pieces[index]?.kind === 'still' || at > index),
  );
  return nextClip === -1 ? 0 : nextClip;
}
