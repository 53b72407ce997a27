/** What a packet's first slice says of its picture. */
export interface PictureFacts {
  /** Decoding can begin here, whatever came before is left out. */
  readonly isEntry: boolean;
  readonly isReference: boolean;
}

/** Reads packets as Matroska holds them: each NAL unit after its length. */
export type FactsReader = (data: Buffer) => PictureFacts;

/** By ffmpeg's names: codecs whose pictures are read here. */
export const plannedCodecs: readonly string[] = ['h264', 'hevc'];

/** Nothing may be left out for this one. */
const unknown: PictureFacts = { isEntry: false, isReference: true };

/**
 * A reader for the stream with this decoder configuration (ISO/IEC 14496-15: `avcC`, `hvcC`); `null` when it is none that is known. A
 * keyframe in name from which a picture only comes together by and by (a recovery point) is no entry: what came before it is needed.
 */
export function createFactsReader(codec: string, configuration: Buffer | null): FactsReader | null {
  if (configuration === null || configuration[0] !== 1) return null;
  const at = codec === 'h264' ? 4 : 21;
  if (configuration.length <= at) return null;
  const lengthBytes = ((configuration[at] ?? 0) & 3) + 1;
  const toFacts = codec === 'h264' ? toH264Facts : toH265Facts;
  return (data) => {
    for (let from = 0; from + lengthBytes < data.length; ) {
      const start = from + lengthBytes;
      const facts = toFacts(data[start] ?? 0);
      if (facts !== null) return facts;
      from = start + data.readUIntBE(from, lengthBytes);
    }
    return unknown;
  };
}

/** ITU-T H.264, 7.3.1 and table 7-1; `null`: no slice. */
function toH264Facts(head: number): PictureFacts | null {
  const type = head & 0x1f;
  if (type < 1 || type > 5) return null;
  return { isEntry: type === 5, isReference: (head & 0x60) !== 0 };
}

/** ITU-T H.265, 7.3.1.2 and table 7-1. What is no reference within its layer may be one for others, and stays. */
function toH265Facts(head: number): PictureFacts | null {
  const type = (head >> 1) & 0x3f;
  if (type > 31) return null;
  return { isEntry: type >= 16 && type <= 21, isReference: true };
}
