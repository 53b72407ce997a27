/**
 * Types of NAL units by ffmpeg's name of the codec: ITU-T H.264 table 7-1, H.265 table 7-1. `picture`: coded slices of cameras, which
 * never partition their data. `ahead`: what may come before a picture, with what is left to makers (24 and 48 on).
 */
const kinds: Readonly<Record<string, NalKinds>> = {
  h264: {
    sps: 7,
    isPicture: (type) => type === 1 || type === 5,
    isAhead: (type) => type >= 6 && type !== 10,
  },
  hevc: { sps: 33, isPicture: (type) => type < 32, isAhead: (type) => type >= 32 },
};

interface NalKinds {
  readonly sps: number;
  isPicture(type: number): boolean;
  isAhead(type: number): boolean;
}

export interface KeyHead {
  /** The first sequence parameter set, which says the pictures' size, profile and format; `null`: none before the picture, or cut off. */
  readonly parameters: Buffer | null;
  /** `false`: what is called a keyframe holds no picture of that codec. */
  readonly isPicture: boolean;
}

/**
 * Reads the beginning of a keyframe as MP4 holds it (ISO/IEC 14496-15: each NAL unit after its length in four bytes), `limit` being how
 * many bytes there are of it at most. Of other codecs nothing is known.
 */
export function readKeyHead(head: Buffer, codec: string, limit: number): KeyHead {
  const kind = kinds[codec];
  if (kind === undefined) return { parameters: null, isPicture: true };
  let parameters: Buffer | null = null;
  for (let at = 0; at + 4 < head.length; ) {
    const [start, end] = [at + 4, at + 4 + head.readUInt32BE(at)];
    const first = head.readUInt8(start);
    const type = codec === 'h264' ? first & 0x1f : (first >> 1) & 0x3f;
    if (kind.isPicture(type)) return { parameters, isPicture: true };
    if (!kind.isAhead(type)) return { parameters: null, isPicture: false };
    if (type === kind.sps && end <= head.length) parameters ??= Buffer.from(head.subarray(start, end));
    at = end;
  }
  // Remarks so long that the picture itself is not in sight.
  return { parameters, isPicture: head.length >= limit };
}
