import { randomBytes } from 'node:crypto';
import { formatResponse, type RtspMessage } from '../../samples/rtsp-camera/mod.ts';
import type { CameraFault } from './run-fault.ts';
import type { CameraScript } from './scripted-camera/camera-script.ts';

const isMethod = (request: RtspMessage, method: string): boolean =>
  request.firstLine.startsWith(`${method} `);

/** Never answers these requests, to whoever comes back. */
function hanging(method: string): CameraFault['begin'] {
  return (camera) => {
    camera.closeSessions();
    return { answer: (request, right) => (isMethod(request, method) ? { kind: 'none' } : right) };
  };
}

const silent: CameraScript = { packets: () => [], answer: () => ({ kind: 'none' }) };
const ticksPerMs = 90;
/** RTP counts a picture's time modulo this (RFC 3550, section 5.1). */
const wrapTicks = 2 ** 32;

/** Faults in how a camera keeps its connections. */
export const sessionFaults: readonly CameraFault[] = [
  {
    name: 'overloaded (503)',
    begin: (camera) => {
      camera.closeSessions();
      return {
        answer: (request, right) =>
          isMethod(request, 'DESCRIBE') ? formatResponse(request, '503 Service Unavailable') : right,
      };
    },
    lastsMs: 6000,
    expects: { state: 'down', reason: /answers 503 Service Unavailable/ },
  },
  ...['DESCRIBE', 'SETUP', 'PLAY'].map(
    (method): CameraFault => ({
      name: `${method} that is never answered`,
      begin: hanging(method),
      lastsMs: 6000,
      expects: { state: 'stalled', reason: /no stream within \d+ s/ },
    }),
  ),
  {
    name: 'a connection that is half open: nothing comes any more, and nothing says so',
    begin: () => silent,
    lastsMs: 8000,
    expects: { state: 'stalled', reason: /nothing (?:came )?for \d+ s/ },
  },
  {
    name: 'a description of something that is neither picture nor sound',
    begin: (camera) => {
      camera.closeSessions();
      return { describe: (sdp) => sdp.replace('m=video', 'm=application') };
    },
    lastsMs: 6000,
    expects: { state: 'down', reason: /no pictures/ },
  },
  {
    name: 'closes after each group of pictures',
    begin(camera) {
      camera.closeSessions();
      return {
        isSent({ number }) {
          if (number % 10 === 9) setTimeout(() => camera.closeSessions(), 20);
          return true;
        },
      };
    },
    lastsMs: 10_000,
    expects: { state: 'down', reason: /^the stream ended/ },
  },
  {
    name: 'time stamps that wrap at 2^32, and the clock reports with them',
    begin(camera) {
      camera.closeSessions();
      let first: number | null = null;
      return { ticks: (ticks) => wrapTicks - 6000 * ticksPerMs + ticks - (first ??= ticks) };
    },
    lastsMs: 14_000,
    expects: { state: 'live', reason: /^$/ },
  },
  {
    name: 'packets on channels that nobody set up',
    begin: () => ({ packets: (packet) => [{ channel: 6, bytes: randomBytes(40) }, packet] }),
    lastsMs: 8000,
    expects: null,
  },
];
