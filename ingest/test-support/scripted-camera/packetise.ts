import { type AccessUnit, toNalType, type VideoCodec } from './access-units.ts';

export interface RtpHead {
  sequence: number;
  readonly ssrc: number;
  readonly payloadType: number;
}

const maxPayloadBytes = 1200;
const aggregation = 24;
const fragments = { h264: 28, h265: 49 } as const;

/**
 * The RTP packets of one picture (RFC 3550 section 5.1), the last one marked. H.264 by RFC 6184: parameter sets together in a STAP-A,
 * large units in FU-A; H.265 by RFC 7798: single units and fragmentation units. Counts `sequence` on.
 */
export function packetise(unit: AccessUnit, codec: VideoCodec, ticks: number, head: RtpHead): Buffer[] {
  const payloads = codec === 'h264' ? toH264Payloads(unit) : unit.nals.flatMap((nal) => fragment(nal, codec));
  return payloads.map((payload, i) => {
    const header = Buffer.alloc(12);
    header.writeUInt8(0x80, 0);
    header.writeUInt8((i === payloads.length - 1 ? 0x80 : 0) | head.payloadType, 1);
    header.writeUInt16BE(head.sequence, 2);
    header.writeUInt32BE(ticks >>> 0, 4);
    header.writeUInt32BE(head.ssrc >>> 0, 8);
    head.sequence = (head.sequence + 1) & 0xffff;
    return Buffer.concat([header, payload]);
  });
}

function toH264Payloads({ nals }: AccessUnit): Buffer[] {
  const isParameter = (nal: Buffer): boolean => [7, 8].includes(toNalType(nal, 'h264'));
  const parameters = nals.filter(isParameter);
  const rest = nals.filter((nal) => !isParameter(nal)).flatMap((nal) => fragment(nal, 'h264'));
  if (parameters.length === 0) return rest;
  const together = parameters.flatMap((nal) => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(nal.length);
    return [length, nal];
  });
  return [Buffer.concat([Buffer.from([0x60 | aggregation]), ...together]), ...rest];
}

function fragment(nal: Buffer, codec: VideoCodec): Buffer[] {
  if (nal.length <= maxPayloadBytes) return [nal];
  const headerBytes = codec === 'h264' ? 1 : 2;
  const type = toNalType(nal, codec);
  const parts: Buffer[] = [];
  for (let at = headerBytes; at < nal.length; at += maxPayloadBytes) {
    const start = at === headerBytes ? 0x80 : 0;
    const end = at + maxPayloadBytes >= nal.length ? 0x40 : 0;
    const first = nal[0] ?? 0;
    const indicator =
      codec === 'h264'
        ? [(first & 0xe0) | fragments.h264]
        : [(first & 0x81) | (fragments.h265 << 1), nal[1] ?? 0];
    parts.push(
      Buffer.concat([
        Buffer.from([...indicator, start | end | type]),
        nal.subarray(at, at + maxPayloadBytes),
      ]),
    );
  }
  return parts;
}

export interface SenderReport {
  /** Wall time by the camera's clock, milliseconds since 1970. */
  readonly wallMs: number;
  readonly ticks: number;
}

/** From 1900, where NTP counts from, to 1970. */
const ntpEpochS = 2_208_988_800;

/** An RTCP sender report without report blocks (RFC 3550 section 6.4.1); NTP seconds are taken modulo 2^32. */
export function toSenderReport({ wallMs, ticks }: SenderReport, ssrc: number): Buffer {
  const report = Buffer.alloc(28);
  report.writeUInt8(0x80, 0);
  report.writeUInt8(200, 1);
  report.writeUInt16BE(6, 2);
  report.writeUInt32BE(ssrc >>> 0, 4);
  const seconds = wallMs / 1000 + ntpEpochS;
  report.writeUInt32BE((Math.floor(seconds) % 2 ** 32) >>> 0, 8);
  report.writeUInt32BE(Math.floor((seconds - Math.floor(seconds)) * 2 ** 32), 12);
  report.writeUInt32BE(ticks >>> 0, 16);
  return report;
}

/** An RTCP goodbye (RFC 3550 section 6.6). */
export function toGoodbye(ssrc: number): Buffer {
  const bye = Buffer.alloc(8);
  bye.writeUInt8(0x81, 0);
  bye.writeUInt8(203, 1);
  bye.writeUInt16BE(1, 2);
  bye.writeUInt32BE(ssrc >>> 0, 4);
  return bye;
}

/** What an SDP's `a=fmtp` says of a stream (RFC 6184 section 8.1, RFC 7798 section 7.1). */
export function toFormat(codec: VideoCodec, parameters: readonly Buffer[]): { name: string; format: string } {
  const texts = parameters.map((nal) => nal.toString('base64'));
  if (codec === 'h264')
    return { name: 'H264', format: `packetization-mode=1;sprop-parameter-sets=${texts.join(',')}` };
  const [vps, sps, pps] = texts;
  return { name: 'H265', format: `sprop-vps=${vps};sprop-sps=${sps};sprop-pps=${pps}` };
}
