import { type FootageReader, XunjieError } from '../domain/mod.ts';
import { type ClipFacts, probeClip, toFileInput } from './clip-facts.ts';
import { checkClipOrder } from './clip-order.ts';
import { type CutClip, cutClip, toSeek } from './cut-clip.ts';
import { cutFrame, cutFrames, type FrameCut } from './cut-frame.ts';
import type { Sampling } from './sampling.ts';
import { words } from './words.ts';

/** Longest clip that is cut in one piece. */
export const maxClipMs = 60_000;
/** Where to begin reading: some containers only find a place after the keyframe that is needed. */
const seekBackS = [0, 10, Number.POSITIVE_INFINITY];
/** The same for a clip that began late; it is to be no longer than it must. */
const clipBackS = [2, 5, 10, Number.POSITIVE_INFINITY];
/** One that is encoded anew begins with the first picture after the wanted start, so long after it where there are few. */
const longestGapMs = 1000;

const keyframesOnly = words('-skip_frame nokey');

/** Footage of a clip file, full resolution; `ptsMs` as a player shows it. Rejects like `probeClip` and `checkClipOrder`. */
export async function openClipFootage(file: string): Promise<FootageReader> {
  const facts = await probeClip(file);
  await checkClipOrder(file, facts.container);
  return createClipFootage(file, facts);
}

/** `decode`: of which pictures the wanted ones are; it matters where a keyframe and another picture bear the same time. */
export function createClipFootage(
  file: string,
  facts: ClipFacts,
  decode: Sampling['decode'] = 'all',
): FootageReader {
  const input = toFileInput(file);
  const inputOptions = ['-protocol_whitelist', 'file'];
  const toCut = (ptsMs: number, decodeOptions: readonly string[], fromS: number): FrameCut => ({
    input,
    inputOptions: [...inputOptions, ...decodeOptions, '-noaccurate_seek', ...toSeek(fromS)],
    rawPtsMs: ptsMs + facts.startPtsMs,
  });
  const findFrame = async (ptsMs: number, decodeOptions: readonly string[]): Promise<Uint8Array | null> => {
    for (const backS of seekBackS) {
      const fromS = Math.max(0, ptsMs / 1000 - backS);
      const png = await cutFrame(toCut(ptsMs, decodeOptions, fromS));
      if (png !== null || fromS === 0) return png;
    }
    return null;
  };
  return {
    async readFrame(ptsMs) {
      const keyed = decode === 'keyframes' ? await findFrame(ptsMs, keyframesOnly) : null;
      const png = keyed ?? (await findFrame(ptsMs, []));
      if (png === null) throw new XunjieError('evidence_unavailable', `${file} has no frame at ${ptsMs} ms`);
      return { bytes: png, ptsMs };
    },
    async readFrames(wanted) {
      const options = decode === 'keyframes' ? keyframesOnly : [];
      const found = await cutFrames(wanted.map((ptsMs) => toCut(ptsMs, options, Math.max(0, ptsMs / 1000))));
      return wanted.map((ptsMs, index) => {
        const bytes = found[index] ?? null;
        return bytes === null ? null : { bytes, ptsMs };
      });
    },
    async readClip(fromPtsMs, toPtsMs) {
      const from = Math.max(0, fromPtsMs);
      const to = Math.min(toPtsMs, facts.durationMs ?? toPtsMs, from + maxClipMs);
      if (to <= from)
        throw new XunjieError(
          'evidence_unavailable',
          `${file} has nothing from ${fromPtsMs} to ${toPtsMs} ms`,
        );
      const { startPtsMs, codec, pixelFormat } = facts;
      const rawToMs = to + startPtsMs;
      const cutFrom = (seekS: number): Promise<CutClip> =>
        cutClip({ input, inputOptions, seekS, rawToMs, codec, pixelFormat });
      const isLate = ({ rawFromMs, isCopied }: CutClip): boolean =>
        from > 0 && rawFromMs > from + startPtsMs + (isCopied ? 1 : longestGapMs);
      let cut = await cutFrom(from / 1000);
      for (const backS of clipBackS) {
        if (!isLate(cut)) break;
        await cut.clip.discard();
        cut = await cutFrom(from / 1000 - backS);
      }
      return {
        ...cut.clip,
        mediaType: 'video/mp4',
        fromPtsMs: Math.round(cut.rawFromMs - startPtsMs),
        durationMs: cut.durationMs,
      };
    },
  };
}
