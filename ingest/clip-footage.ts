import { type FootageReader, XunjieError } from '../domain/mod.ts';
import { type ClipFacts, probeClip, toFileInput } from './clip-facts.ts';
import { cutClip } from './cut-clip.ts';
import { cutFrame } from './cut-frame.ts';

/** Longest clip that is cut in one piece. */
export const maxClipMs = 60_000;
/** How far past the wanted frame a file is read before it counts as absent. */
const readPastS = 2;
/** Where to begin reading: some containers only find a place after the keyframe that is needed. */
const seekBackS = [0, 10, Number.POSITIVE_INFINITY];

/** Footage of a clip file, full resolution; `ptsMs` as a player shows it. Rejects like `probeClip`. */
export async function openClipFootage(file: string): Promise<FootageReader> {
  return createClipFootage(file, await probeClip(file));
}

export function createClipFootage(file: string, facts: ClipFacts): FootageReader {
  const input = toFileInput(file);
  const inputOptions = ['-protocol_whitelist', 'file'];
  return {
    async readFrame(ptsMs) {
      for (const backS of seekBackS) {
        const fromS = Math.max(0, ptsMs / 1000 - backS);
        const range = [
          '-noaccurate_seek',
          '-ss',
          fromS.toFixed(4),
          '-t',
          (ptsMs / 1000 - fromS + readPastS).toFixed(4),
        ];
        const png = await cutFrame({
          input,
          inputOptions: [...inputOptions, ...range],
          rawPtsMs: ptsMs + facts.startPtsMs,
        });
        if (png !== null) return { bytes: png, ptsMs };
        if (fromS === 0) break;
      }
      throw new XunjieError('evidence_unavailable', `${file} has no frame at ${ptsMs} ms`);
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
      const cut = await cutClip({ input, inputOptions, seekS: from / 1000, rawToMs, codec, pixelFormat });
      return {
        bytes: cut.bytes,
        mediaType: 'video/mp4',
        fromPtsMs: Math.round(cut.rawFromMs - startPtsMs),
        durationMs: cut.durationMs,
      };
    },
  };
}
