import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { words } from '../../words.ts';

const run = promisify(execFile);
const maxBytes = 64 * 1024 * 1024;

export type VideoCodec = 'h264' | 'h265';

/** One picture as a camera's encoder gives it: its NAL units without start codes. */
export interface AccessUnit {
  readonly nals: readonly Buffer[];
  readonly isKey: boolean;
}

/** A clip as a camera holds it ready to send. */
export interface EncodedClip {
  readonly codec: VideoCodec;
  readonly units: readonly AccessUnit[];
  /** SPS and PPS, with H.265 the VPS before them: what an SDP tells of the stream. */
  readonly parameters: readonly Buffer[];
}

/** NAL unit types: ITU-T H.264 table 7-1, H.265 table 7-1. */
const types = {
  h264: { delimiter: 9, parameters: [7, 8], isKey: (type: number) => type === 5 },
  h265: { delimiter: 35, parameters: [32, 33, 34], isKey: (type: number) => type >= 16 && type <= 21 },
} as const;

/** Reads a clip's pictures in the order of decoding, by ffmpeg's own demuxer. */
export async function readAccessUnits(file: string, codec: VideoCodec): Promise<EncodedClip> {
  const [name, format] = codec === 'h264' ? ['h264', 'h264'] : ['hevc', 'hevc'];
  const { stdout } = await run(
    'ffmpeg',
    [
      ...words('-v error -i'),
      file,
      ...words(`-map 0:V:0 -c copy -bsf:v ${name}_mp4toannexb,${name}_metadata=aud=insert -f ${format} -`),
    ],
    { encoding: 'buffer', maxBuffer: maxBytes },
  );
  const { delimiter, parameters, isKey } = types[codec];
  const units: { nals: Buffer[]; isKey: boolean }[] = [];
  const found = new Map<number, Buffer>();
  for (const nal of splitAnnexB(stdout)) {
    const type = toNalType(nal, codec);
    if (type === delimiter) {
      units.push({ nals: [], isKey: false });
      continue;
    }
    const unit = units.at(-1);
    if (unit === undefined) throw new Error(`${file}: no access unit delimiter at its beginning`);
    unit.nals.push(nal);
    unit.isKey ||= isKey(type);
    if ((parameters as readonly number[]).includes(type) && !found.has(type)) found.set(type, nal);
  }
  const [first] = units;
  if (first?.isKey !== true) throw new Error(`${file}: no keyframe at its beginning`);
  return { codec, units, parameters: [...found].toSorted(([a], [b]) => a - b).map(([, nal]) => nal) };
}

export function toNalType(nal: Buffer, codec: VideoCodec): number {
  const header = nal[0] ?? 0;
  return codec === 'h264' ? header & 0x1f : (header >> 1) & 0x3f;
}

/** NAL units between start codes (ITU-T H.264, annex B). */
function splitAnnexB(bytes: Buffer): Buffer[] {
  const starts: number[] = [];
  for (
    let at = bytes.indexOf('\0\0\x01', 0, 'latin1');
    at >= 0;
    at = bytes.indexOf('\0\0\x01', at + 3, 'latin1')
  )
    starts.push(at);
  return starts.map((start, i) => {
    let end = starts[i + 1] ?? bytes.length;
    while (end > start + 3 && bytes[end - 1] === 0) end--; // the longer start code, or padding
    return bytes.subarray(start + 3, end);
  });
}
