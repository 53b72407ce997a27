import { formatResponse, type RtspMessage } from '../../samples/rtsp-camera/mod.ts';
import { guardByDigest } from './digest-guard.ts';
import type { CameraFault } from './run-fault.ts';
import type { Answer, CameraScript } from './scripted-camera/camera-script.ts';

const isMethod = (request: RtspMessage, ...methods: string[]): boolean =>
  methods.some((method) => request.firstLine.startsWith(`${method} `));

/** Closes what there is, so that the client comes back to a camera that answers so. */
function answering(
  methods: readonly string[],
  toAnswer: (request: RtspMessage, right: string) => Answer,
): CameraFault['begin'] {
  return (camera) => {
    camera.closeSessions();
    return { answer: (request, right) => (isMethod(request, ...methods) ? toAnswer(request, right) : right) };
  };
}
const refusing = (
  methods: readonly string[],
  status: string,
  headers: Record<string, string> = {},
): CameraFault['begin'] => answering(methods, (request) => formatResponse(request, status, headers));

const login = 'viewer:right';
const guard = (nonces: 'kept' | 'once, stale' | 'once, silent', password = 'right'): CameraScript =>
  guardByDigest({ user: 'viewer', password, nonces });

/** The stream broke off at the fault's beginning, and goes on while it lasts. */
const liveAgain = { state: 'live', reason: /^$/ } as const;

/** Faults in what a camera answers. */
export const answerFaults: readonly CameraFault[] = [
  {
    name: 'the path is gone (404)',
    begin: refusing(['DESCRIBE'], '404 Not Found'),
    lastsMs: 6000,
    expects: { state: 'down', reason: /no such path \(404\)/ },
  },
  {
    name: 'no room for one more (453 at SETUP)',
    begin: refusing(['SETUP'], '453 Not Enough Bandwidth'),
    lastsMs: 6000,
    expects: { state: 'down', reason: /answers 453 Not Enough Bandwidth/ },
  },
  {
    name: 'session not found (454 at PLAY)',
    begin: refusing(['PLAY'], '454 Session Not Found'),
    lastsMs: 6000,
    expects: { state: 'down', reason: /answers 454 Session Not Found: .*forgotten the session/ },
  },
  {
    name: 'an answer that is none',
    begin: answering(['DESCRIBE'], () => ({ kind: 'last', text: 'HTTP/1.1 400 Bad Request\r\n\r\n' })),
    lastsMs: 6000,
    expects: {
      state: 'down',
      reason: /^the camera's answer cannot be read|no pictures, only sound|ended before its first picture/,
    },
  },
  {
    name: 'the password is refused, each time with another nonce',
    begin: (camera) => {
      camera.closeSessions();
      return guard('once, silent', 'another');
    },
    login,
    after: guard('kept'),
    lastsMs: 6000,
    expects: { state: 'unauthorized', reason: /user or password is wrong \(401\)/ },
  },
  {
    name: 'nonces that are good once, and said to be stale',
    begin: (camera) => {
      camera.closeSessions();
      return guard('once, stale');
    },
    login,
    lastsMs: 6000,
    expects: liveAgain,
  },
  {
    name: 'a redirection to a path that is there',
    begin: answering(['DESCRIBE'], (request, right) =>
      request.firstLine.includes('/cam')
        ? formatResponse(request, '302 Found', {
            Location: (request.firstLine.split(' ')[1] ?? '').replace('/cam', '/moved'),
          })
        : right,
    ),
    lastsMs: 6000,
    expects: liveAgain,
  },
  {
    name: 'a redirection to itself',
    begin: answering(['DESCRIBE'], (request) =>
      formatResponse(request, '302 Found', { Location: request.firstLine.split(' ')[1] ?? '' }),
    ),
    lastsMs: 6000,
    expects: { state: 'down', reason: /^it redirects more than 5 times$/ },
  },
  {
    name: 'a redirection to another protocol',
    begin: refusing(['DESCRIBE'], '302 Found', { Location: 'http://127.0.0.1:9/cam' }),
    lastsMs: 6000,
    expects: { state: 'down', reason: /redirect/ },
  },
  {
    name: 'a second track whose SETUP hangs',
    begin: (camera) => {
      camera.closeSessions();
      return {
        describe: (sdp) => `${sdp}${toSecondTrack(sdp)}`,
        answer: (request, right) =>
          isMethod(request, 'SETUP') && request.firstLine.includes('track2') ? { kind: 'none' } : right,
      };
    },
    lastsMs: 6000,
    expects: { state: 'stalled', reason: /no stream within \d+ s/ },
  },
  {
    name: 'an answer of one byte a second',
    begin: answering(['DESCRIBE'], (_request, right) => ({ kind: 'slow', text: right, byteMs: 1000 })),
    lastsMs: 6000,
    expects: { state: 'stalled', reason: /no stream within \d+ s/ },
  },
  {
    name: 'digest logins by MD5 or SHA-256 from now on, each nonce good once',
    begin(camera) {
      camera.closeSessions();
      return guardByDigest({
        user: 'viewer',
        password: 'right',
        nonces: 'once, stale',
        algorithms: ['MD5', 'SHA-256'],
      });
    },
    login,
    lastsMs: 6000,
    expects: liveAgain,
  },
  ...(
    [
      ['longer', 500, { state: 'stalled', reason: /no stream within \d+ s/ }],
      ['shorter', -60, { state: 'down', reason: /^the camera's answer cannot be read/ }],
    ] as const
  ).map(
    ([name, byBytes, expects]): CameraFault => ({
      name: `a description said to be ${name} than it is`,
      begin: answering(['DESCRIBE'], (_request, right) =>
        right.replace(/(?<=Content-Length: )\d+/i, (bytes) => String(Number(bytes) + byBytes)),
      ),
      lastsMs: 6000,
      expects,
    }),
  ),
  {
    name: 'a description without parameter sets',
    begin: (camera) => {
      camera.closeSessions();
      return { describe: (sdp) => sdp.replace(/a=fmtp[^\r]*\r\n/, '') };
    },
    lastsMs: 6000,
    expects: liveAgain,
  },
  {
    name: 'no room (503) at two of three SETUPs',
    begin(camera) {
      camera.closeSessions();
      let count = 0;
      return {
        answer: (request, right) =>
          isMethod(request, 'SETUP') && ++count % 3 !== 0
            ? formatResponse(request, '503 Service Unavailable')
            : right,
      };
    },
    lastsMs: 6000,
    expects: liveAgain,
  },
  {
    name: 'another session in the answer to PLAY',
    begin: answering(['PLAY'], (_request, right) => right.replace(/(?<=Session: )\d+/, '7')),
    lastsMs: 6000,
    expects: liveAgain,
  },
  {
    name: 'closes after PLAY',
    begin: answering(['PLAY'], (_request, right) => ({ kind: 'last', text: right })),
    lastsMs: 6000,
    expects: {
      state: 'down',
      reason: /^the camera's answer cannot be read|no pictures, only sound|ended before its first picture/,
    },
  },
  {
    name: 'a description of 90 kB, 40 of them in one line',
    begin: (camera) => {
      camera.closeSessions();
      return {
        describe: (sdp) =>
          sdp.replace(
            't=0 0\r\n',
            `t=0 0\r\na=x-note:${'0'.repeat(40_000)}\r\n${'a=x-note:0123456789\r\n'.repeat(2400)}`,
          ),
      };
    },
    lastsMs: 6000,
    expects: liveAgain,
  },
  {
    name: 'an empty description',
    begin: (camera) => {
      camera.closeSessions();
      return { describe: () => 'v=0\r\n' };
    },
    lastsMs: 6000,
    expects: {
      state: 'down',
      reason: /^the camera's answer cannot be read|no pictures, only sound|ended before its first picture/,
    },
  },
  {
    name: 'keep-alives that are not answered',
    begin: () => ({
      answer: (request, right) => (isMethod(request, 'GET_PARAMETER', 'OPTIONS') ? { kind: 'none' } : right),
    }),
    sessionTimeoutS: 4,
    lastsMs: 12_000,
    expects: null,
  },
  {
    name: 'keep-alives that are refused (454)',
    begin: () => ({
      answer: (request, right) =>
        isMethod(request, 'GET_PARAMETER', 'OPTIONS')
          ? formatResponse(request, '454 Session Not Found')
          : right,
    }),
    sessionTimeoutS: 4,
    lastsMs: 12_000,
    expects: null,
  },
];

function toSecondTrack(sdp: string): string {
  return (/m=video[^]*$/.exec(sdp)?.[0] ?? '').replace('track1', 'track2');
}
