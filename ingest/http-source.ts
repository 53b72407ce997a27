import { setTimeout as delay } from 'node:timers/promises';
import type { LiveStream, TlsPolicy } from '../domain/mod.ts';
import { type AddressGuard, createAddressGuard } from './address-guard.ts';
import { listHttpOptions } from './ffmpeg-options.ts';
import { parsePlaylist } from './hls-playlist.ts';
import { askHttp, type HttpAnswer, type HttpQuestion } from './http-ask.ts';
import type { LiveInputProblem, LiveSource } from './live-input.ts';
import { handOverUrl } from './url-handover.ts';
import { words } from './words.ts';

/** What is at an address, and how ffmpeg is to read it. */
interface FoundStream {
  /** The stream itself: of a list of variants, the one chosen. */
  readonly url: string;
  readonly format: 'hls' | 'mpegts' | 'flv' | 'mov' | 'matroska' | 'mpjpeg';
  /** It can be had as fast as the network gives it: it is a recording, and is played at its own pace. */
  readonly isRecording: boolean;
  readonly burstMs: number;
  /** Of a live HLS stream as it was first seen. */
  readonly playlist: { readonly targetMs: number; readonly newest: string } | null;
}

/** Small: these streams have decoding times of their own, `-re` waits so long at first, and what is over 10 s ffmpeg takes for a leap. */
const timeShiftS = 3;
const ioTimeoutUs = 30_000_000;
const maxPlaylistBytes = 1024 * 1024;
const signatureBytes = 188 + 1;
const maxPlaylists = 3;
/** Longest wait for an answer: one that hangs may never come, though the camera is well again meanwhile. */
const longestAskMs = 8000;
/** A live playlist grows each target duration, or half as late again (RFC 8216, 6.2.1). */
const growthTargets = 3;
const [shortestGrowthMs, longestGrowthMs] = [6000, 30_000];
const [shortestLookMs, longestLookMs] = [500, 3000];

/**
 * A stream over HTTP. Each attempt looks first what is there (refusals, redirections, playlists), so that ffmpeg is told what to read
 * as what: it may probe nothing, open nothing but http and https, and follow no further redirection.
 */
export function createHttpSource(camera: string, stream: LiveStream & { kind: 'http' }): LiveSource {
  /** It had a playlist that grew: when that is complete, its last segments are what was seen before. */
  let wasLive = false;
  return {
    url: stream.url,
    async open(reachMs, signal) {
      const timeoutMs = Math.min(reachMs, longestAskMs);
      const guard = createAddressGuard(new URL(stream.url), stream.networks);
      const found = await findStream(stream.url, stream.tls, guard, timeoutMs);
      if ('reason' in found) return found;
      const stale =
        found.playlist === null
          ? null
          : await waitForGrowth(found, { tls: stream.tls, guard, timeoutMs }, signal);
      if (stale !== null) return stale;
      if (wasLive && found.format === 'hls' && found.isRecording)
        return toProblem('its playlist says that the stream is over');
      wasLive = found.playlist !== null;
      if (found.format === 'hls' && new URL(found.url).protocol === 'https:' && stream.tls?.verify === true)
        return toProblem('ffmpeg checks no certificates of HLS segments: use http, or tls.verify: false');
      const inputOptions = [...toOptions(found, await listHttpOptions()), ...toTlsOptions(found, stream.tls)];
      const handover = await handOverUrl(found.url, camera, found.isRecording ? 'many' : 'once');
      return {
        url: handover.url,
        inputOptions,
        picturesFrom: 'first frame',
        burstMs: found.burstMs,
        timeShiftS,
        close: () => handover.close(),
      };
    },
  };
}

async function findStream(
  address: string,
  tls: TlsPolicy | undefined,
  guard: AddressGuard,
  timeoutMs: number,
): Promise<FoundStream | LiveInputProblem> {
  let url = address;
  for (let playlists = 0; playlists < maxPlaylists; playlists++) {
    const answer = await askHttp({ url, tls, guard, timeoutMs, wants: toWantedBytes });
    if ('reason' in answer) return answer;
    if (!isPlaylist(answer.head)) return toFoundStream(answer);
    const playlist = parsePlaylist(answer.head.toString('utf8'), answer.url);
    if (playlist.kind === 'refused') return toProblem(playlist.reason);
    if (playlist.kind === 'media') {
      const isRecording = playlist.isComplete;
      return {
        url: answer.url,
        format: 'hls',
        isRecording,
        // A segment is there only when it is whole, and its playlist is asked for once per segment.
        burstMs: isRecording ? 0 : 2 * playlist.targetMs,
        playlist: isRecording ? null : playlist,
      };
    }
    url = withLoginOf(playlist.url, answer.url);
  }
  return toProblem(`its playlists name each other more than ${maxPlaylists} times`);
}

function toFoundStream({ url, mediaType, bytes, head }: HttpAnswer): FoundStream | LiveInputProblem {
  const format = toFormat(head, mediaType);
  if (format === null) {
    const what = mediaType === '' ? 'something unknown' : mediaType;
    return toProblem(
      `it gives ${what}, which is no stream (HLS, MPEG-TS, FLV, MP4, Matroska and MJPEG are known)`,
    );
  }
  return {
    url,
    format,
    isRecording: bytes !== null && format !== 'mpjpeg',
    burstMs: format === 'mpjpeg' ? mjpegBurstMs : 0,
    playlist: null,
  };
}

/**
 * Resolves once a live playlist has a new segment. One that stands still still names its last segments: their pictures, however old,
 * would count as captured now, at each attempt anew.
 */
async function waitForGrowth(
  { url, playlist }: FoundStream,
  question: Pick<HttpQuestion, 'tls' | 'guard' | 'timeoutMs'>,
  signal: AbortSignal,
): Promise<LiveInputProblem | null> {
  const targetMs = playlist?.targetMs ?? 0;
  const mostMs = Math.min(Math.max(growthTargets * targetMs, shortestGrowthMs), longestGrowthMs);
  const lookMs = Math.min(Math.max(targetMs / 4, shortestLookMs), longestLookMs);
  for (const until = performance.now() + mostMs; performance.now() < until; ) {
    await delay(lookMs, undefined, { signal }).catch(() => {}); // ended: seen below
    if (signal.aborted) return null;
    const answer = await askHttp({ url, ...question, wants: toWantedBytes });
    if ('reason' in answer) return answer;
    const now = parsePlaylist(answer.head.toString('utf8'), answer.url);
    if (now.kind === 'media' && now.newest !== playlist?.newest) return null;
  }
  return toProblem(`its playlist has not grown for ${Math.round(mostMs / 1000)} s`);
}

/** MJPEG has no times but those of being read, and the first seconds, by which ffmpeg gets to know it, are read at once. */
const mjpegBurstMs = 3000;

function toFormat(head: Buffer, mediaType: string): FoundStream['format'] | null {
  if (mediaType.startsWith('multipart/')) return 'mpjpeg';
  if (head[0] === 0x47 && (head.length <= 188 || head[188] === 0x47)) return 'mpegts';
  if (head.subarray(0, 3).toString('latin1') === 'FLV') return 'flv';
  if (/^(?:ftyp|moov|mdat|free|skip|wide|styp)$/.test(head.subarray(4, 8).toString('latin1'))) return 'mov';
  if (head.subarray(0, 4).equals(Buffer.from([0x1a, 0x45, 0xdf, 0xa3]))) return 'matroska';
  return null;
}

function toOptions({ format, isRecording }: FoundStream, known: ReadonlySet<string>): string[] {
  const options = words(`-protocol_whitelist http,https,tcp,tls,crypto,data -f ${format}`);
  options.push(
    ...words(`-rw_timeout ${ioTimeoutUs} -http_proxy none -analyzeduration 3000000 -fpsprobesize 0`),
  );
  // Ours to the real address is the one redirection: the others were followed before.
  if (known.has('max_redirects')) options.push(...words('-max_redirects 1'));
  options.push(...(isRecording ? ['-re'] : words('-seekable 0')));
  if (format === 'mpjpeg') options.push(...words('-use_wallclock_as_timestamps 1')); // it has no times of its own
  if (format === 'hls') {
    options.push(...words('-format_whitelist hls,mpegts,mov,aac,mp3,webvtt'));
    options.push(...words('-allowed_extensions ALL'));
    // Cameras name segments as they like; what could be harmed by that is shut off by protocol and format.
    if (known.has('extension_picky')) options.push(...words('-extension_picky 0'));
    if (!isRecording) options.push(...words('-live_start_index -1'));
  }
  return options;
}

function toTlsOptions({ url }: FoundStream, tls: TlsPolicy | undefined): string[] {
  if (tls?.verify !== true || !url.startsWith('https:')) return [];
  return ['-tls_verify', '1', ...(tls.caFile === null ? [] : ['-ca_file', tls.caFile])];
}

function isPlaylist(head: Buffer): boolean {
  return head.subarray(0, 7).toString('latin1') === '#EXTM3U';
}

function toWantedBytes(head: Buffer): number {
  return isPlaylist(head) ? maxPlaylistBytes : signatureBytes;
}

/** User and password are for the host that they were given for. */
function withLoginOf(url: string, from: string): string {
  const [to, known] = [new URL(url), new URL(from)];
  if (to.username !== '' || to.host !== known.host) return url;
  to.username = known.username;
  to.password = known.password;
  return to.href;
}

function toProblem(reason: string): LiveInputProblem {
  return { kind: 'lost', reason };
}
