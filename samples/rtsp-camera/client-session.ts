import { randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import { toMessage } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { type PacketSource, startPacketSource } from './packet-source.ts';
import { createRtspReader, formatResponse, type RtspMessage } from './rtsp-message.ts';
import { rewriteTimes, type SenderClock } from './sender-clock.ts';

export interface SessionOptions {
  readonly clip: string;
  readonly loop: boolean;
  /** Where in the clip this session begins, seconds. */
  positionS(): number | Promise<number>;
  readonly sdp: string;
  readonly path: string;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  readonly clock: SenderClock;
  readonly logger: Logger;
  /** The clip was played to its end and the last packet is sent. */
  onPlayed(): void;
}

/** One client's connection: its requests, and its own player of the clip. */
export interface ClientSession {
  senderPid(): number | undefined;
  stop(): Promise<void>;
}

const idleTimeoutMs = 120_000;

export function serveClient(socket: Socket, options: SessionOptions): ClientSession {
  const id = String(randomInt(10_000_000, 100_000_000));
  let channels: readonly [number, number] | null = null;
  let source: PacketSource | null = null;
  let starting: Promise<void> | null = null;
  let gone = false;

  const relay = (channel: number, framed: Buffer): void => {
    const target = channels?.[channel as 0 | 1];
    if (target === undefined || !socket.writable) return;
    const packet = Buffer.from(framed);
    if (!rewriteTimes(channel, packet, options.clock)) return;
    packet.writeUInt8(target, 1);
    if (!socket.write(packet)) source?.pause();
  };

  const play = async (): Promise<void> => {
    const { clip, loop } = options;
    source = await startPacketSource(
      clip,
      { loop, positionS: await options.positionS() },
      { onDescription() {}, onPacket: relay },
    );
    if (gone) {
      await source.stop();
      return;
    }
    if (socket.writableNeedDrain) source.pause();
    const end = await source.ended;
    if (end === 'through') {
      socket.end(); // closes once the last packet is out; a client may have left on the stream's goodbye already
      options.onPlayed();
    } else if (!gone) {
      options.logger.warn({ session: id }, `simulated camera: ${end.fault}`);
      socket.destroy();
    }
  };

  const answer = (request: RtspMessage): string => {
    const [method = '', url = ''] = request.firstLine.split(' ');
    if (method === 'OPTIONS')
      return formatResponse(request, '200 OK', {
        Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN',
      });
    if (!isAllowed(request, options.credentials))
      return formatResponse(request, '401 Unauthorized', { 'WWW-Authenticate': 'Basic realm="camera"' });
    if (url !== '*' && !isOurs(url, options.path)) return formatResponse(request, '404 Not Found');
    const session = { Session: `${id};timeout=60` };
    switch (method) {
      case 'DESCRIBE': {
        const headers = { 'Content-Type': 'application/sdp', 'Content-Base': `${url.replace(/\/$/, '')}/` };
        return formatResponse(request, '200 OK', headers, options.sdp);
      }
      case 'SETUP': {
        const transport = request.headers.get('transport') ?? '';
        const wanted = /interleaved=(\d+)-(\d+)/.exec(transport);
        if (!transport.includes('RTP/AVP/TCP') || wanted === null)
          return formatResponse(request, '461 Unsupported Transport');
        channels = [Number(wanted[1]), Number(wanted[2])];
        const chosen = `RTP/AVP/TCP;unicast;interleaved=${channels[0]}-${channels[1]}`;
        return formatResponse(request, '200 OK', { Transport: chosen, ...session });
      }
      case 'PLAY':
        if (channels === null) return formatResponse(request, '455 Method Not Valid in This State');
        starting ??= play().catch((error) => {
          options.logger.error({ session: id }, `simulated camera: ${toMessage(error)}`);
          socket.destroy();
        });
        return formatResponse(request, '200 OK', { Range: 'npt=0.000-', ...session });
      case 'GET_PARAMETER':
        return formatResponse(request, '200 OK', session);
      case 'TEARDOWN':
        setImmediate(() => socket.end()); // after the answer
        return formatResponse(request, '200 OK', session);
      default:
        return formatResponse(request, '501 Not Implemented');
    }
  };

  const read = createRtspReader({
    onMessage(request) {
      const response = answer(request);
      if (socket.writable) socket.write(response);
    },
    onPacket() {}, // the client's receiver reports
  });
  socket.setNoDelay(true);
  socket.setTimeout(idleTimeoutMs, () => socket.destroy());
  socket.on('data', (bytes) => {
    try {
      read(bytes);
    } catch (error) {
      socket.destroy(error as Error);
    }
  });
  socket.on('drain', () => source?.resume());
  socket.on('error', (error) => options.logger.debug({ session: id }, `simulated camera: ${error.message}`));
  socket.on('close', () => {
    gone = true;
  });

  return {
    senderPid: () => source?.pid,
    async stop() {
      gone = true;
      socket.destroy();
      await source?.stop();
      await starting;
    },
  };
}

function isAllowed(request: RtspMessage, credentials: SessionOptions['credentials']): boolean {
  if (credentials === undefined) return true;
  const expected = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  return request.headers.get('authorization') === `Basic ${expected}`;
}

function isOurs(url: string, ownPath: string): boolean {
  const asked = /^rtsp:\/\/[^/]+(\/.*)?$/.exec(url)?.[1] ?? '/';
  return asked === ownPath || asked.startsWith(`${ownPath}/`);
}
