import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { words } from '../words.ts';
import { type HttpCamera, startHttpCamera } from './http-camera.ts';

const run = promisify(execFile);

/** A clip cut into segments, whose times begin at `startS`. */
export interface HlsClip {
  readonly segments: readonly Buffer[];
  readonly segmentMs: number;
}

/** Cuts a clip whose keyframes lie on the cuts into MPEG-TS segments with its times going on through all of them. */
export async function cutSegments(
  clip: string,
  dir: string,
  segmentMs: number,
  startS = 0,
): Promise<HlsClip> {
  await mkdir(dir, { recursive: true });
  await run('ffmpeg', [
    ...words('-v error -y -i'),
    clip,
    ...words(`-map 0:V:0 -c copy -f segment -initial_offset ${startS} -segment_time ${segmentMs / 1000}`),
    ...words('-segment_format mpegts'),
    path.join(dir, '%04d.ts'),
  ]);
  const names = (await readdir(dir)).toSorted();
  return { segmentMs, segments: await Promise.all(names.map((name) => readFile(path.join(dir, name)))) };
}

/** What a camera does otherwise than it should; looked at anew for each request. */
export interface HlsScript {
  /** Names no segment that is newer than this one. */
  readonly frozenAt?: number;
  /** Says that there are no more segments than it names. */
  readonly isOver?: boolean;
  /** Has no segments, only their names. */
  readonly isEmpty?: boolean;
  /** From this segment on it sends this clip, and says that the times have nothing to do with those before. */
  readonly discontinuity?: { readonly from: number; readonly clip: HlsClip };
}

export interface HlsCamera {
  readonly url: string;
  /** When the first picture of segment 0 was captured. */
  readonly startedAtMs: number;
  /** The newest segment that is there in whole. */
  newest(): number;
  setScript(script: HlsScript): void;
  stop(): Promise<void>;
}

const listed = 4;

/** A camera that gives a live playlist (RFC 8216): segment n is there when it is over, and is named as long as it is one of the last four. */
export async function startHlsCamera(clip: HlsClip): Promise<HlsCamera> {
  const startedAtMs = Date.now() - listed * clip.segmentMs; // it was on before anybody asks
  let script: HlsScript = {};
  const newest = (): number => {
    const at = Math.floor((Date.now() - startedAtMs) / clip.segmentMs) - 1;
    return Math.min(at, script.frozenAt ?? at);
  };
  const formatPlaylist = (): string => {
    const last = newest();
    const first = Math.max(0, last - listed + 1);
    const from = script.discontinuity?.from ?? Number.POSITIVE_INFINITY;
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      `#EXT-X-TARGETDURATION:${Math.ceil(clip.segmentMs / 1000)}`,
    ];
    lines.push(`#EXT-X-MEDIA-SEQUENCE:${first}`, `#EXT-X-DISCONTINUITY-SEQUENCE:${first > from ? 1 : 0}`);
    for (let at = first; at <= last; at++) {
      if (at === from) lines.push('#EXT-X-DISCONTINUITY');
      lines.push(`#EXTINF:${(clip.segmentMs / 1000).toFixed(3)},`, `segment/${at}.ts`);
    }
    if (script.isOver === true) lines.push('#EXT-X-ENDLIST');
    return `${lines.join('\n')}\n`;
  };
  const server: HttpCamera = await startHttpCamera({
    '/live.m3u8': (_request, response) =>
      void response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl' }).end(formatPlaylist()),
    '/segment/*': (request, response) => {
      const at = Number(/(\d+)\.ts$/.exec(request.url ?? '')?.[1]);
      const { discontinuity, isEmpty } = script;
      const { segments } =
        discontinuity !== undefined && at >= discontinuity.from ? discontinuity.clip : clip;
      const bytes = segments[at % segments.length];
      if (isEmpty === true || bytes === undefined) response.writeHead(404).end();
      else
        response.writeHead(200, { 'content-type': 'video/mp2t', 'content-length': bytes.length }).end(bytes);
    },
  });
  return {
    url: server.toUrl('/live.m3u8'),
    startedAtMs,
    newest,
    setScript(next) {
      script = next;
    },
    stop: () => server.stop(),
  };
}
