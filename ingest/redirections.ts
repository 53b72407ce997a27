/** Where an RTSP camera sends ffmpeg on to; ffmpeg follows for ever, and anywhere. */
export interface RedirectionWatch {
  /** Takes a line of standard error; says why the connection must go no further, if it must not. */
  acceptLine(line: string): string | null;
  /** A reason, with the place that the camera named, if that is where it happened. */
  explain(reason: string): string;
}

const most = 5;

/** `isFollowed`: `false` where the certificate was checked, which ffmpeg would not do at the next place. */
export function createRedirectionWatch(isFollowed: boolean): RedirectionWatch {
  let count = -1; // the first is ours, from the address that ffmpeg is given to the real one
  let from: URL | null = null;
  let place: string | null = null;
  return {
    acceptLine(line) {
      const target = /^\[rtsp @ \w+\] Status 30\d: Redirecting to (\S+)/.exec(line)?.[1];
      if (target === undefined) return null;
      const before = from;
      from = URL.canParse(target) ? new URL(target) : null;
      if (++count === 0) return null;
      place = from === null ? 'what is no address' : `${from.protocol}//${from.host}`;
      if (from === null || !/^rtsps?:$/.test(from.protocol))
        return `it redirects to ${place}, which is not read as RTSP`;
      if (!isFollowed) return `it redirects to ${place}; with tls.verify that is not followed`;
      if (before?.protocol === 'rtsps:' && from.protocol === 'rtsp:')
        return `it redirects from rtsps:// to ${place}, which is not followed`;
      return count > most ? `it redirects more than ${most} times` : null;
    },
    explain: (reason) => (place === null ? reason : `it redirects to ${place}: ${reason}`),
  };
}
