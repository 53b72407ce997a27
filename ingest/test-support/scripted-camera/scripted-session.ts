import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { createRtspReader, formatResponse, type RtspMessage } from '../../../samples/rtsp-camera/mod.ts';
import type { AccessUnit, EncodedClip } from './access-units.ts';
import type { Answer, CameraScript, SentPacket } from './camera-script.ts';
import { packetise, type RtpHead, toFormat, toSenderReport } from './packetise.ts';
import type { UdpPair } from './udp-pair.ts';

export interface SessionOptions {
  readonly clips: readonly EncodedClip[];
  readonly frameMs: number;
  readonly startedAtMs: number;
  readonly sessionTimeoutS: number;
  readonly udp: UdpPair;
  script(): CameraScript;
  onRequest(line: string): void;
}

/** One client's connection. */
export interface ScriptedSession {
  /** Sends what is due. */
  send(nowMs: number): void;
  say(text: string): void;
  sendControl(toBytes: (ssrc: number) => Buffer): void;
  beginAnew(): void;
  close(): void;
}

const ticksPerMs = 90;
const reportEveryMs = 1000;
const payloadType = 96;

export function serveSession(socket: Socket, options: SessionOptions): ScriptedSession {
  const { clips, frameMs, startedAtMs } = options;
  const id = String(randomInt(10_000_000, 100_000_000));
  let channels: readonly [number, number] | null = null;
  let udpPorts: readonly [number, number] | null = null;
  let isPlaying = false;
  let head: RtpHead = toHead();
  let baseTicks = randomInt(0, 2 ** 31);
  let encoding: number | null = null;
  /** The next picture. */
  let next = Math.ceil((Date.now() - startedAtMs) / frameMs);
  let reportedAtMs = 0;
  const timers = new Set<NodeJS.Timeout>();

  const clipAt = (at: number): EncodedClip => clips[at] as EncodedClip;
  /** The film begins again at its end. */
  const unitAt = (at: number, number: number): AccessUnit => {
    const { units } = clipAt(at);
    return units[number % units.length] as AccessUnit;
  };
  const describe = (): string => {
    const { codec, parameters } = clipAt(options.script().encoding ?? 0);
    const { name, format } = toFormat(codec, parameters);
    const sdp = [
      'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=scripted\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*',
      `m=video 0 RTP/AVP ${payloadType}`,
      `a=rtpmap:${payloadType} ${name}/90000`,
      `a=fmtp:${payloadType} ${format}`,
      'a=control:track1',
      '',
    ].join('\r\n');
    return options.script().describe?.(sdp) ?? sdp;
  };

  const setUp = (transport: string): string | null => {
    const ports = /client_port=(\d+)-(\d+)/.exec(transport);
    if (ports !== null) {
      udpPorts ??= [Number(ports[1]), Number(ports[2])];
      return `RTP/AVP/UDP;unicast;client_port=${ports[1]}-${ports[2]};server_port=${options.udp.ports.join('-')}`;
    }
    const wanted = /interleaved=(\d+)-(\d+)/.exec(transport);
    if (wanted === null) return null;
    channels ??= [Number(wanted[1]), Number(wanted[2])];
    return `RTP/AVP/TCP;unicast;interleaved=${wanted[1]}-${wanted[2]}`;
  };

  const toRightAnswer = (request: RtspMessage): string => {
    const [method = '', url = ''] = request.firstLine.split(' ');
    const session = { Session: `${id};timeout=${options.sessionTimeoutS}` };
    switch (method) {
      case 'OPTIONS':
        return formatResponse(request, '200 OK', {
          Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN',
        });
      case 'DESCRIBE': {
        const headers = { 'Content-Type': 'application/sdp', 'Content-Base': `${url.replace(/\/$/, '')}/` };
        return formatResponse(request, '200 OK', headers, describe());
      }
      case 'SETUP': {
        const transport = setUp(request.headers.get('transport') ?? '');
        if (transport === null) return formatResponse(request, '461 Unsupported Transport');
        return formatResponse(request, '200 OK', { Transport: transport, ...session });
      }
      case 'PLAY':
        // What is sent at once may come before the answer; a camera that sends in its own time answers first.
        later(1, () => {
          isPlaying = true;
        });
        return formatResponse(request, '200 OK', { Range: 'npt=now-', ...session });
      case 'TEARDOWN':
        isPlaying = false;
        return formatResponse(request, '200 OK', session);
      default:
        return formatResponse(request, '200 OK', session);
    }
  };

  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const write = (bytes: Buffer | string): void => {
    if (socket.writable) socket.write(bytes);
  };
  const giveAnswer = (answer: Answer): void => {
    if (typeof answer === 'string') return write(answer);
    switch (answer.kind) {
      case 'none':
        return;
      case 'last':
        socket.end(answer.text);
        return;
      case 'slow':
        for (let at = 0; at < answer.text.length; at++)
          later(at * answer.byteMs, () => write(answer.text.slice(at, at + 1)));
    }
  };

  const put = (packet: SentPacket): void => {
    const script = options.script();
    for (const { channel, bytes } of script.packets?.(packet) ?? [packet])
      if (udpPorts !== null) {
        const isRtp = channel % 2 === 0;
        options.udp.send(isRtp ? 'rtp' : 'rtcp', bytes, udpPorts[isRtp ? 0 : 1]);
      } else if (channels !== null) {
        const framed = Buffer.alloc(4 + bytes.length);
        framed.write('$', 0, 'latin1');
        framed.writeUInt8((channels[0] + channel) & 0xff, 1);
        framed.writeUInt16BE(bytes.length, 2);
        bytes.copy(framed, 4);
        write(script.frame?.(framed) ?? framed);
      }
  };
  const toTicks = (number: number): number => {
    const ticks = baseTicks + number * frameMs * ticksPerMs;
    return options.script().ticks?.(ticks) ?? ticks;
  };
  const sendPicture = (number: number): void => {
    const script = options.script();
    const wanted = script.encoding ?? 0;
    if (encoding !== wanted && unitAt(wanted, number).isKey) encoding = wanted;
    if (encoding === null) return; // begins with a keyframe
    const { codec } = clipAt(encoding);
    const unit = unitAt(encoding, number);
    if (script.isSent?.({ isKey: unit.isKey, number }) === false) return;
    for (const bytes of packetise(unit, codec, Math.round(toTicks(number)), head)) put({ channel: 0, bytes });
  };
  const sendReport = (nowMs: number): void => {
    const ticks = Math.round(toTicks((nowMs - startedAtMs) / frameMs));
    const right = { wallMs: nowMs, ticks };
    const script = options.script();
    const told = script.report === undefined ? right : script.report(right);
    if (told !== null) put({ channel: 1, bytes: toSenderReport(told, head.ssrc) });
  };

  const read = createRtspReader({
    onMessage(request) {
      options.onRequest(request.firstLine);
      const right = toRightAnswer(request);
      giveAnswer(options.script().answer?.(request, right) ?? right);
    },
    onPacket() {}, // the client's receiver reports
  });
  socket.setNoDelay(true);
  socket.on('error', () => {}); // its closing follows
  socket.on('data', (bytes) => {
    try {
      read(bytes);
    } catch {
      socket.destroy();
    }
  });

  return {
    send(nowMs) {
      const due = Math.floor((nowMs - startedAtMs) / frameMs);
      if (!isPlaying) next = due + 1;
      if (!isPlaying) return;
      if (nowMs - reportedAtMs >= reportEveryMs) {
        reportedAtMs = nowMs;
        sendReport(nowMs);
      }
      for (; next <= due; next++) sendPicture(next);
    },
    say: write,
    sendControl: (toBytes) => put({ channel: 1, bytes: toBytes(head.ssrc) }),
    beginAnew() {
      head = toHead();
      baseTicks = randomInt(0, 2 ** 31);
    },
    close() {
      isPlaying = false;
      for (const timer of timers) clearTimeout(timer);
      socket.destroy();
    },
  };
}

function toHead(): RtpHead {
  return { sequence: randomInt(0, 65_536), ssrc: randomInt(1, 2 ** 32), payloadType };
}
