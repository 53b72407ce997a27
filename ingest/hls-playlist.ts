/** An HLS playlist (RFC 8216), as far as it must be known before ffmpeg is let at it. */
export type HlsPlaylist =
  | {
      readonly kind: 'master';
      /** The richest variant with pictures. */
      readonly url: string;
    }
  | {
      readonly kind: 'media';
      /** Longest segment, milliseconds. */
      readonly targetMs: number;
      /** No further segment comes. */
      readonly isComplete: boolean;
      /** What its newest segment is called; another one when it has grown. */
      readonly newest: string;
    }
  | { readonly kind: 'refused'; readonly reason: string };

const defaultTargetMs = 10_000;
const soundCodecs = /^(?:mp4a|ac-3|ec-3|opus|flac|mp3)/i;

/** Reads a playlist. Anything in it that is neither http nor https refuses it: a playlist must not make ffmpeg read files. */
export function parsePlaylist(text: string, url: string): HlsPlaylist {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const foreign = findForeignAddress(lines, url);
  if (foreign !== null)
    return { kind: 'refused', reason: `its playlist names ${foreign}; only http and https are read` };
  const variants = lines.flatMap((line, i) => {
    if (!line.startsWith('#EXT-X-STREAM-INF:')) return [];
    const name = lines.slice(i + 1).find((next) => next !== '' && !next.startsWith('#'));
    const codecs = /CODECS="([^"]*)"/.exec(line)?.[1]?.split(',') ?? [];
    const isSound = codecs.length > 0 && codecs.every((codec) => soundCodecs.test(codec.trim()));
    if (name === undefined || isSound) return [];
    return [{ url: new URL(name, url).href, bandwidth: Number(/[:,]BANDWIDTH=(\d+)/.exec(line)?.[1] ?? 0) }];
  });
  const [best] = variants.toSorted((a, b) => b.bandwidth - a.bandwidth);
  if (best !== undefined) return { kind: 'master', url: best.url };
  if (!lines.some((line) => line.startsWith('#EXTINF:') || line.startsWith('#EXT-X-TARGETDURATION:')))
    return { kind: 'refused', reason: 'its playlist names no stream with pictures' };
  const target = lines.find((line) => line.startsWith('#EXT-X-TARGETDURATION:'))?.split(':')[1];
  const targetMs = Number(target) > 0 ? Number(target) * 1000 : defaultTargetMs;
  const segments = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const first = Number(lines.find((line) => line.startsWith('#EXT-X-MEDIA-SEQUENCE:'))?.split(':')[1] ?? 0);
  // Some cameras name all segments alike and count, others give them numbers of their own and do not.
  const newest = `${first + segments.length} ${segments.at(-1) ?? ''}`;
  return { kind: 'media', targetMs, isComplete: lines.includes('#EXT-X-ENDLIST'), newest };
}

function findForeignAddress(lines: readonly string[], base: string): string | null {
  for (const line of lines) {
    const names = line.startsWith('#')
      ? [...line.matchAll(/\bURI="([^"]*)"/g)].map((found) => found[1] ?? '')
      : [line];
    for (const name of names.filter(Boolean)) {
      const protocol = URL.canParse(name, base) ? new URL(name, base).protocol : 'what is no address';
      // A key may stand in the playlist itself.
      if (!/^https?:$/.test(protocol) && !(line.startsWith('#') && protocol === 'data:'))
        return protocol.endsWith(':') ? `a ${protocol} address` : protocol;
    }
  }
  return null;
}
