/** What the clock output of a live command tells of one packet of the stream. */
export interface ClockPoint {
  /** Presentation time of the packet, in the stream's own time base, milliseconds. */
  readonly rawPtsMs: number;
  readonly isKey: boolean;
  /** A time of the stream, and the wall time that goes with it: by the sender's clock reports, or, as long as there are none, of writing. */
  readonly pairRawMs: number;
  readonly pairWallMs: number;
}

/** From 1900, where NTP counts from, to 1970 (RFC 5905, section 6). */
const ntpEpochMs = 2_208_988_800_000;
const maxKeptBytes = 64 * 1024;
/** Parameter sets stand at a picture's beginning, behind remarks of the encoder at most. */
export const keyHeadBytes = 4096;
const nonSyncFlag = 0x10000;

/**
 * Takes apart the fragmented MP4 of `toClockOutput` (ISO/IEC 14496-12: `mdhd`, `prft`, `tfhd`, `trun`), one packet per fragment. The
 * returned function takes bytes as they come and throws when they are no such stream. Of pictures in it only a keyframe's beginning is
 * read, for `onKeyHead`, after its point. `leadTicks`: how far the decoding times lie before the presentation times.
 */
export function createClockPointReader(
  leadTicks: number,
  onPoint: (point: ClockPoint) => void,
  onKeyHead: (rawPtsMs: number, head: Buffer) => void = () => {},
): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let skipBytes = 0;
  let timescale = Number.NaN;
  let pair: { ticks: number; wallMs: number } | null = null;
  let keyRawMs: number | null = null;

  const readBox = (type: string, body: Buffer): void => {
    if (type === 'moov') timescale = readTimescale(body);
    else if (type === 'prft') pair = readPair(body);
    else if (type === 'moof' && pair !== null) {
      const { isKey, shiftTicks } = readSample(body);
      const toMs = (ticks: number): number => (ticks * 1000) / timescale;
      const rawPtsMs = toMs(pair.ticks - shiftTicks + leadTicks);
      keyRawMs = isKey ? rawPtsMs : null;
      onPoint({
        rawPtsMs,
        isKey,
        pairRawMs: toMs(pair.ticks),
        pairWallMs: pair.wallMs,
      });
      pair = null;
    }
  };

  return (bytes) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    for (;;) {
      const skipped = Math.min(skipBytes, rest.length);
      rest = rest.subarray(skipped);
      skipBytes -= skipped;
      if (skipBytes > 0 || rest.length < 8) return;
      const size = rest.readUInt32BE(0);
      const type = rest.toString('latin1', 4, 8);
      if (size < 8) throw new Error(`no clock stream: a box "${type}" of ${size} bytes`);
      if (type === 'mdat') {
        const wantedBytes = keyRawMs === null ? 0 : Math.min(size, 8 + keyHeadBytes);
        if (rest.length < wantedBytes) return;
        if (keyRawMs !== null) onKeyHead(keyRawMs, rest.subarray(8, wantedBytes));
        keyRawMs = null;
        skipBytes = size;
        continue;
      }
      if (size > maxKeptBytes) throw new Error(`no clock stream: a box "${type}" of ${size} bytes`);
      if (rest.length < size) return;
      readBox(type, rest.subarray(8, size));
      rest = rest.subarray(size);
    }
  };
}

function readTimescale(moov: Buffer): number {
  const mdhd = ['trak', 'mdia', 'mdhd'].reduce(findBox, moov);
  return mdhd.readUInt32BE(mdhd.readUInt8(0) === 1 ? 20 : 12);
}

/** Producer reference time, version 1: NTP time and the media time that it belongs to. */
function readPair(prft: Buffer): { ticks: number; wallMs: number } {
  const seconds = prft.readUInt32BE(8);
  const fraction = prft.readUInt32BE(12) / 2 ** 32;
  return { wallMs: (seconds + fraction) * 1000 - ntpEpochMs, ticks: Number(prft.readBigInt64BE(16)) };
}

function readSample(moof: Buffer): { isKey: boolean; shiftTicks: number } {
  const traf = findBox(moof, 'traf');
  const tfhd = findBox(traf, 'tfhd');
  const trun = findBox(traf, 'trun');
  const has = (flag: number): boolean => (trun.readUIntBE(1, 3) & flag) !== 0;
  let at = 8 + (has(0x1) ? 4 : 0);
  let flags = readDefaultFlags(tfhd);
  if (has(0x4)) {
    flags = trun.readUInt32BE(at);
    at += 4;
  }
  at += (has(0x100) ? 4 : 0) + (has(0x200) ? 4 : 0);
  if (has(0x400)) {
    flags = trun.readUInt32BE(at);
    at += 4;
  }
  return { isKey: (flags & nonSyncFlag) === 0, shiftTicks: has(0x800) ? trun.readInt32BE(at) : 0 };
}

function readDefaultFlags(tfhd: Buffer): number {
  const flags = tfhd.readUIntBE(1, 3);
  if ((flags & 0x20) === 0) return 0;
  const before =
    (flags & 0x1 ? 8 : 0) + (flags & 0x2 ? 4 : 0) + (flags & 0x8 ? 4 : 0) + (flags & 0x10 ? 4 : 0);
  return tfhd.readUInt32BE(8 + before);
}

/** The body of the first box of that type inside another's. */
function findBox(body: Buffer, type: string): Buffer {
  for (let at = 0; at + 8 <= body.length; ) {
    const size = body.readUInt32BE(at);
    if (size < 8) break;
    if (body.toString('latin1', at + 4, at + 8) === type) return body.subarray(at + 8, at + size);
    at += size;
  }
  throw new Error(`no clock stream: no box "${type}"`);
}
