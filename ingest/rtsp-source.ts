import { type LiveStream, type TlsPolicy, XunjieError } from '../domain/mod.ts';
import { createAddressGuard } from './address-guard.ts';
import { toLogin } from './http-login.ts';
import type { LiveInputProblem, LiveSource } from './live-input.ts';
import { type LoginRelay, openLoginRelay } from './login-relay.ts';
import { parseStreamAddress } from './reach.ts';
import { askLoginWay, type LoginWay } from './rtsp-login.ts';
import { openTlsRelay, type TlsRelay } from './tls-relay.ts';
import { handOverUrl, type UrlHandover } from './url-handover.ts';
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
/** Longest wait for a camera to say how it wants to be logged in to. */
const longestAskMs = 3000;
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
  const place = parseStreamAddress(camera, stream.url);
  const transport = stream.transport ?? 'tcp';
  const inputOptions = [
    ...words('-protocol_whitelist rtp,rtsp,rtsps,tcp,udp,tls,crypto'),
    ...words(`-rtsp_transport ${transport} -allowed_media_types video -timeout ${ioTimeoutUs}`),
    ...(transport === 'udp' ? words(`-buffer_size ${udpBufferBytes}`) : []),
    // The stream is described in the session; a second of it is enough, five are the default.
    ...words('-fpsprobesize 0 -max_ts_probe 0 -analyzeduration 1000000 -fflags +nofillin'),
  ];
  /** As far as the camera said; asked anew when it refused. */
  let way: LoginWay | null = null;
  return {
    url: stream.url,
    noteRefusal() {
      way = null;
    },
    async open(timeoutMs, signal) {
      const address = new URL(stream.url);
      const refused = await createAddressGuard(address, stream.networks).check(address);
      if (refused !== null) return { kind: 'lost', reason: refused };
      const login = toLogin(address);
      if (login !== null) way ??= await askLoginWay(place, Math.min(timeoutMs, longestAskMs), signal);
      if (way?.kind === 'unknown')
        return {
          kind: 'unauthorized',
          reason: `the camera takes no login that is known here, only ${way.schemes}`,
        };
      const relay = stream.tls?.verify === true ? await openRelay(stream.url, stream.tls, timeoutMs) : null;
      if (relay !== null && 'reason' in relay) return relay;
      const via = relay === null ? null : { scheme: 'rtsp' as const, host: '127.0.0.1', port: relay.port };
      let loginRelay: LoginRelay | null = null;
      let handover: UrlHandover;
      const closeRelays = async (): Promise<void> => {
        await loginRelay?.close();
        await relay?.close();
      };
      try {
        if (way?.kind === 'ours' && login !== null)
          loginRelay = await openLoginRelay({ address: place, login, ...(via !== null && { via }) });
        handover = await handOverUrl(toFfmpegUrl(stream.url, relay, loginRelay), camera);
      } catch (error) {
        await closeRelays();
        throw error;
      }
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
          await closeRelays();
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

/** Where ffmpeg finds the stream: at the camera, or at the last of what lies between. */
function toFfmpegUrl(url: string, relay: TlsRelay | null, loginRelay: LoginRelay | null): string {
  const between = loginRelay ?? relay;
  if (between === null) return url;
  const { username, password, pathname, search } = new URL(url);
  const login = loginRelay === null ? toUserInfo({ username, password }) : '';
  return `rtsp://${login === '' ? '' : `${login}@`}127.0.0.1:${between.port}${pathname}${search}`;
}

function toUserInfo({ username, password }: Pick<URL, 'username' | 'password'>): string {
  return password === '' ? username : `${username}:${password}`;
}
