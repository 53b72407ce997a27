import { type LiveStream, type TlsPolicy, XunjieError } from '../domain/mod.ts';
import { createAddressGuard } from './address-guard.ts';
import type { LiveInputProblem, LiveSource } from './live-input.ts';
import { openTlsRelay, type TlsRelay } from './tls-relay.ts';
import { handOverUrl } from './url-handover.ts';
import { words } from './words.ts';

/**
 * Larger than any decoding time that ffmpeg makes up for packets without one (it counts from 0): its guess at frame times compares the
 * two and takes the made-up one when a presentation time looks late, as it does behind B-frames.
 */
const timeShiftS = 3600;
const rtspsPort = 322;
/** ffmpeg keeps user and password, as they are written in the address, in a field of this size with its end mark. */
const maxUserInfoBytes = 127;
/** Socket operations fail after this long; longer than the watchdog over pictures, which knows more. */
const ioTimeoutUs = 30_000_000;
/** Wanted of the system for what arrives over UDP while ffmpeg is busy: a keyframe of a 1080p camera comes as a burst. */
const udpBufferBytes = 2 * 1024 * 1024;

/** An RTSP stream; with TLS its certificate is checked only when the policy says so, over a relay. Throws `bad_argument` when its user and password are longer than ffmpeg can take. */
export function createRtspSource(camera: string, stream: LiveStream & { kind: 'rtsp' }): LiveSource {
  const userInfo = URL.canParse(stream.url) ? toUserInfo(new URL(stream.url)) : '';
  if (Buffer.byteLength(userInfo) > maxUserInfoBytes)
    throw new XunjieError(
      'bad_argument',
      `camera "${camera}": user and password are too long: ${Buffer.byteLength(userInfo)} bytes as written in the address, ffmpeg takes ${maxUserInfoBytes}`,
    );
  const transport = stream.transport ?? 'tcp';
  const inputOptions = [
    ...words('-protocol_whitelist rtp,rtsp,rtsps,tcp,udp,tls,crypto'),
    ...words(`-rtsp_transport ${transport} -allowed_media_types video -timeout ${ioTimeoutUs}`),
    ...(transport === 'udp' ? words(`-buffer_size ${udpBufferBytes}`) : []),
    // The stream is described in the session; a second of it is enough, five are the default.
    ...words('-fpsprobesize 0 -max_ts_probe 0 -analyzeduration 1000000 -fflags +nofillin'),
  ];
  return {
    url: stream.url,
    async open(timeoutMs) {
      const address = new URL(stream.url);
      const refused = await createAddressGuard(address, stream.networks).check(address);
      if (refused !== null) return { kind: 'lost', reason: refused };
      const relay = stream.tls?.verify === true ? await openRelay(stream.url, stream.tls, timeoutMs) : null;
      if (relay !== null && 'reason' in relay) return relay;
      const handover = await handOverUrl(relay === null ? stream.url : toRelayUrl(stream.url, relay), camera);
      return {
        url: handover.url,
        inputOptions,
        picturesFrom: 'second keyframe',
        burstMs: 0,
        timeShiftS,
        ...(transport === 'udp' && {
          silenceHint: 'a firewall may hold UDP back, which transport: tcp gets around',
        }),
        isRedirectable: relay === null,
        async close() {
          await handover.close();
          await relay?.close();
        },
      };
    },
  };
}

function openRelay(
  url: string,
  { caFile }: TlsPolicy,
  timeoutMs: number,
): Promise<TlsRelay | LiveInputProblem> {
  const { hostname, port } = new URL(url);
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return openTlsRelay({ host, port: Number(port) || rtspsPort, caFile, timeoutMs });
}

function toRelayUrl(url: string, { port }: TlsRelay): string {
  const { username, password, pathname, search } = new URL(url);
  const login = toUserInfo({ username, password });
  return `rtsp://${login === '' ? '' : `${login}@`}127.0.0.1:${port}${pathname}${search}`;
}

function toUserInfo({ username, password }: Pick<URL, 'username' | 'password'>): string {
  return password === '' ? username : `${username}:${password}`;
}
