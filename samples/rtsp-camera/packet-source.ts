import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import path from 'node:path';
import { XunjieError } from '../../domain/mod.ts';
import { createRtspReader, formatResponse, type RtspMessage } from './rtsp-message.ts';

export interface PacketHandlers {
  /** The stream's description, before its first packet. */
  onDescription(sdp: string): void;
  /** A framed RTP (channel 0) or RTCP (channel 1) packet. */
  onPacket(channel: number, framed: Buffer): void;
}

/** One ffmpeg that plays a clip in real time as RTP packets. */
export interface PacketSource {
  readonly pid: number | undefined;
  /** Resolves when all packets were handed over and the process is gone: `through`, or why it ended before. */
  readonly ended: Promise<'through' | { readonly fault: string }>;
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

const stopStepMs = 1000;
const connectTimeoutMs = 20_000;

/**
 * ffmpeg's own packetiser pushes the stream over a private loopback connection (ANNOUNCE, RECORD). That way nothing is ever lost
 * between the two processes: the connection holds ffmpeg back where UDP's buffers would overflow on a large keyframe.
 */
export async function startPacketSource(
  clip: string,
  { loop, positionS }: { loop: boolean; positionS: number },
  handlers: PacketHandlers,
): Promise<PacketSource> {
  let socket: Socket | null = null;
  let paused = false;
  let complete = false;
  const server = createServer({ noDelay: true }, (connection) => {
    server.close(); // one sender, one connection
    socket = connection;
    if (paused) connection.pause();
    const read = createRtspReader({
      onMessage(request) {
        connection.write(answer(request, handlers));
      },
      onPacket(channel, framed) {
        handlers.onPacket(channel, framed);
        if (channel === 1 && endsWithBye(framed.subarray(4))) complete = true;
      },
    });
    connection.on('data', (bytes) => {
      try {
        read(bytes);
      } catch (error) {
        connection.destroy(error as Error);
      }
    });
    connection.on('error', (error) => note(error.message));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  let lastLine = '';
  const note = (line: string): void => {
    lastLine = line.trim() || lastLine;
  };
  const child = spawnSender(clip, loop, positionS, `rtsp://127.0.0.1:${port}/sender`);
  child.stderr?.setEncoding('utf8').on('data', note);
  child.on('error', (error) => note(error.message));
  const connectTimer = setTimeout(() => {
    if (socket === null) child.kill('SIGKILL');
  }, connectTimeoutMs);

  const watch = async (): Promise<'through' | { fault: string }> => {
    await once(child, 'close').catch(() => undefined); // a process that could not start: noted above
    clearTimeout(connectTimer);
    server.close();
    const connection = socket;
    if (connection !== null && !connection.closed) await once(connection, 'close').catch(() => undefined);
    if (complete) return 'through';
    return { fault: lastLine || `the sender ended with ${child.signalCode ?? child.exitCode}` };
  };
  const ended = watch();

  return {
    pid: child.pid,
    ended,
    pause() {
      paused = true;
      socket?.pause();
    },
    resume() {
      paused = false;
      socket?.resume();
    },
    async stop() {
      const hard = setTimeout(() => child.kill('SIGKILL'), stopStepMs);
      socket?.destroy();
      child.kill('SIGTERM');
      await ended;
      clearTimeout(hard);
    },
  };
}

/** The SDP of a clip's pictures. Rejects with `not_a_video` when ffmpeg cannot play it. */
export async function readDescription(clip: string): Promise<string> {
  let found: string | null = null;
  const source: PacketSource = await startPacketSource(
    clip,
    { loop: false, positionS: 0 },
    {
      onDescription(sdp) {
        found = sdp;
        void source.stop();
      },
      onPacket() {},
    },
  );
  const end = await source.ended;
  if (found !== null) return found;
  throw new XunjieError(
    'not_a_video',
    `${clip} cannot be played: ${end === 'through' ? 'no pictures' : end.fault}`,
  );
}

function spawnSender(clip: string, loop: boolean, positionS: number, target: string): ChildProcess {
  const args = '-hide_banner -loglevel error -nostdin -re -protocol_whitelist file'.split(' ');
  if (loop) args.push('-stream_loop', '-1');
  if (positionS > 0) args.push('-ss', positionS.toFixed(3));
  args.push('-i', `file:${path.resolve(clip)}`);
  args.push(...'-map 0:V:0 -c copy -f rtsp -rtsp_transport tcp -rtpflags send_bye'.split(' '), target);
  return spawn(process.env['FFMPEG_PATH'] ?? 'ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function answer(request: RtspMessage, handlers: PacketHandlers): string {
  const [method = ''] = request.firstLine.split(' ');
  switch (method) {
    case 'ANNOUNCE':
      handlers.onDescription(request.body);
      return formatResponse(request, '200 OK');
    case 'SETUP':
      return formatResponse(request, '200 OK', {
        Transport: 'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record',
        Session: '1',
      });
    default:
      return formatResponse(request, '200 OK', { Session: '1' });
  }
}

const byeType = 203;

/** Whether the last part of a compound RTCP packet (RFC 3550, section 6.1) says goodbye: nothing more will come. */
function endsWithBye(rtcp: Buffer): boolean {
  let type = 0;
  for (let at = 0; at + 4 <= rtcp.length; at += 4 * (rtcp.readUInt16BE(at + 2) + 1))
    type = rtcp.readUInt8(at + 1);
  return type === byeType;
}
