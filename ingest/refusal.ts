/** A camera's own words against a request. */
export interface Refusal {
  readonly kind: 'lost' | 'unauthorized';
  readonly reason: string;
}

/** What an RTSP or HTTP status that is no success means; `null` for success. */
export function toRefusal(status: number, words = ''): Refusal | null {
  if (status < 400) return null;
  switch (status) {
    case 401:
      return { kind: 'unauthorized', reason: 'user or password is wrong (401)' };
    case 403:
      return { kind: 'unauthorized', reason: 'this user may not see the stream (403)' };
    case 404:
      return { kind: 'lost', reason: 'the camera has no such path (404)' };
    case 461:
      return { kind: 'lost', reason: 'the camera does not offer this transport, TCP or UDP (461)' };
    default:
      return { kind: 'lost', reason: `the camera answers ${status}${words === '' ? '' : ` ${words}`}` };
  }
}

/**
 * Only pictures are asked for: of a stream with sound alone nothing is set up, and the camera does not know what to play (454, 455), as it
 * does not when it has forgotten the session; or it plays that nothing.
 */
const unplayablePattern = /^\[rtsp @ \S+\] method PLAY failed: (45[45]) ?(.*)$/;
const noPictures: Refusal = { kind: 'lost', reason: 'the stream has no pictures, only sound' };

/** ffmpeg's line on a refused RTSP request or HTTP download. */
export function parseRefusal(line: string): Refusal | null {
  if (line.startsWith("Stream map '0:V:0' matches no streams")) return noPictures;
  const [, status, words = ''] = unplayablePattern.exec(line) ?? [];
  if (status !== undefined) {
    const answer = `the camera answers ${status} ${words}`.trim();
    return {
      kind: 'lost',
      reason: `${answer}: it has no pictures, only sound, or has forgotten the session`,
    };
  }
  const found =
    /^\[rtsp @ \S+\] method [A-Z_]+ failed: (\d{3}) ?(.*)$/.exec(line) ??
    /^\[https? @ \S+\] HTTP error (\d{3}) ?(.*)$/.exec(line);
  return found === null ? null : toRefusal(Number(found[1]), found[2]?.trim());
}
