import type { CameraFault } from './run-fault.ts';
import { toGoodbye } from './scripted-camera/packetise.ts';

const hourMs = 3_600_000;
const ticksPerMs = 90;
/** From anywhere in these years into the era of NTP that begins in February 2036 (RFC 5905, section 6). */
const eraMs = 15 * 365 * 86_400_000;

/** Faults in the stream itself. */
export const streamFaults: readonly CameraFault[] = [
  {
    name: 'TEARDOWN by the camera, which then sends nothing',
    begin(camera) {
      camera.say('TEARDOWN rtsp://127.0.0.1/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n');
      return { packets: () => [] };
    },
    lastsMs: 8000,
    expects: { state: 'stalled', reason: /nothing came for \d+ s/ },
  },
  {
    name: 'a goodbye, after which nothing comes',
    begin(camera) {
      camera.sendControl(toGoodbye);
      return { packets: () => [] };
    },
    lastsMs: 8000,
    expects: { state: 'stalled', reason: /nothing came for \d+ s/ },
  },
  {
    name: 'keyframes alone',
    begin: () => ({ isSent: ({ isKey }) => isKey }),
    lastsMs: 10_000,
    expects: null,
  },
  {
    name: 'the channels of pictures and reports exchanged',
    begin: () => ({ packets: ({ channel, bytes }) => [{ channel: 1 - channel, bytes }] }),
    lastsMs: 8000,
    expects: null,
  },
  {
    name: 'packets without a byte, and with a header alone, between the others',
    begin: () => ({
      packets: (packet) => [
        { channel: packet.channel, bytes: Buffer.alloc(0) },
        packet,
        ...(packet.channel === 0 ? [{ channel: 0, bytes: packet.bytes.subarray(0, 12) }] : []),
      ],
    }),
    lastsMs: 10_000,
    expects: null,
  },
  {
    name: 'another sender: SSRC, sequence and time begin anew',
    begin(camera) {
      camera.beginAnew();
      return {};
    },
    lastsMs: 5000,
    expects: null,
  },
  {
    name: 'another SSRC, and sequence numbers that leap',
    begin: () => ({ packets: ({ channel, bytes }) => [{ channel, bytes: withSender(bytes, channel) }] }),
    lastsMs: 6000,
    expects: null,
  },
  {
    name: 'time stamps that begin at 0',
    begin() {
      let first: number | null = null;
      return { ticks: (ticks) => ticks - (first ??= ticks) };
    },
    lastsMs: 8000,
    expects: null,
  },
  {
    name: 'time stamps an hour ahead',
    begin: () => ({ ticks: (ticks) => ticks + hourMs * ticksPerMs }),
    lastsMs: 8000,
    expects: null,
  },
  {
    name: 'time stamps 1.5 s back',
    begin: () => ({ ticks: (ticks) => ticks - 1500 * ticksPerMs }),
    lastsMs: 8000,
    expects: null,
  },
  {
    name: 'time stamps that stand still',
    begin() {
      let first: number | null = null;
      return { ticks: (ticks) => (first ??= ticks) };
    },
    lastsMs: 6000,
    expects: { state: 'down', reason: /^again and again: the stream's time/ },
  },
  ...[true, false].map(
    (reports): CameraFault => ({
      name: `a shutter that slows at night while its time counts on as by day, ${reports ? 'with' : 'without'} reports`,
      begin() {
        let first: number | null = null;
        return {
          ticks: (ticks) => {
            first ??= ticks;
            return first + (ticks - first) * 0.6;
          },
          ...(!reports && { report: () => null }),
        };
      },
      lastsMs: 5000,
      expects: { state: 'live', reason: /^pictures come later than their times say/ },
    }),
  ),
  {
    name: 'pictures of another payload type than described',
    begin: () => ({
      packets({ channel, bytes }) {
        const changed = Buffer.from(bytes);
        if (channel === 0) changed.writeUInt8((bytes.readUInt8(1) & 0x80) | 97, 1);
        return [{ channel, bytes: changed }];
      },
    }),
    lastsMs: 8000,
    expects: { state: 'stalled', reason: /nothing came for \d+ s/ },
  },
  {
    name: 'reports of NTP 0',
    begin: () => ({ report: ({ ticks }) => ({ wallMs: -2_208_988_800_000, ticks }) }),
    lastsMs: 6000,
    expects: { state: 'live', reason: /clock contradicts itself/ },
  },
  {
    name: 'reports of 2036, in the next NTP era',
    begin: () => ({ report: ({ wallMs, ticks }) => ({ wallMs: wallMs + eraMs, ticks }) }),
    lastsMs: 6000,
    expects: { state: 'live', reason: /clock is \d+ days (?:ahead of|behind) this machine's/ },
  },
  {
    name: 'reports an hour ahead',
    begin: () => ({ report: ({ wallMs, ticks }) => ({ wallMs: wallMs + hourMs, ticks }) }),
    lastsMs: 8000,
    expects: { state: 'live', reason: /clock is 60 min ahead/ },
  },
  {
    name: 'reports that go backwards',
    begin() {
      let wentMs = 0;
      return { report: ({ wallMs, ticks }) => ({ wallMs: wallMs - (wentMs += 60_000), ticks }) };
    },
    lastsMs: 8000,
    expects: { state: 'live', reason: /clock contradicts itself/ },
  },
  {
    name: 'reports that name no time of the stream',
    begin: () => ({ report: ({ wallMs }) => ({ wallMs, ticks: Math.floor(Math.random() * 2 ** 32) }) }),
    lastsMs: 10_000,
    expects: { state: 'live', reason: /clock contradicts itself/ },
  },
  {
    name: 'pictures of another size in mid-stream',
    begin: () => ({ encoding: 1 }),
    after: { encoding: 1 },
    lastsMs: 8000,
    expects: null,
  },
  {
    name: 'H.265 in place of H.264, in one connection',
    begin: () => ({ encoding: 2 }),
    after: { encoding: 2 },
    framesBefore: 6,
    lastsMs: 8000,
    expects: { state: 'down', reason: /^nothing of the stream can be decoded for \d+ s$/ },
  },
  {
    name: 'H.265 with a new description after the camera closes',
    begin(camera) {
      camera.closeSessions();
      return { encoding: 2 };
    },
    after: { encoding: 2 },
    lastsMs: 10_000,
    expects: { state: 'down', reason: /^the stream ended$/ },
  },
  {
    name: 'keyframes each 5 s in place of each second',
    begin: () => ({ encoding: 3 }),
    after: { encoding: 3 },
    onsetMs: 10_000,
    lastsMs: 8000,
    expects: null,
  },
  {
    name: 'keyframes each 25 s, where that is often enough',
    begin: () => ({ isSent: ({ isKey, number }) => !isKey || number % 250 === 0 }),
    onsetMs: 600_000,
    lastsMs: 18_000,
    expects: null,
  },
  {
    name: 'no pictures for 3 s, each 5 s',
    begin: () => ({ isSent: ({ number }) => number % 50 >= 30 }),
    lastsMs: 12_000,
    expects: null,
  },
  {
    name: 'UDP that a firewall keeps',
    begin(camera) {
      camera.closeSessions();
      return { packets: () => [] };
    },
    transport: 'udp',
    lastsMs: 10_000,
    expects: { state: 'stalled', reason: /UDP/ },
  },
  {
    name: 'UDP of which a tenth is lost',
    begin: () => ({ packets: (packet) => (Math.random() < 0.1 ? [] : [packet]) }),
    transport: 'udp',
    lastsMs: 10_000,
    expects: null,
  },
  {
    name: 'UDP whose packets overtake each other',
    begin() {
      let kept: { channel: number; bytes: Buffer } | null = null;
      return {
        packets(packet) {
          if (kept === null && Math.random() < 0.2) {
            kept = packet;
            return [];
          }
          const both = kept === null ? [packet] : [packet, kept];
          kept = null;
          return both;
        },
      };
    },
    transport: 'udp',
    lastsMs: 10_000,
    expects: null,
  },
];

function withSender(bytes: Buffer, channel: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt32BE(77, channel === 0 ? 8 : 4);
  if (channel === 0) changed.writeUInt16BE((changed.readUInt16BE(2) + 20_000) & 0xffff, 2);
  return changed;
}
