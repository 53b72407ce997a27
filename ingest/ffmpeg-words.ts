import { redact } from '../platform/mod.ts';

/** Whether ffmpeg complains of the stream: its demuxer's, depacketiser's or decoder's line, or the program's own on a decoding error. */
export function isComplaint(line: string): boolean {
  // Each connection begins with one: the address that ffmpeg is given hands the real one over.
  if (/^\[rtsp @ \w+\] Status 30\d: Redirecting to /.test(line)) return false;
  return (
    /^\[(?:rtsp|rtp|sdp|h264|hevc|mjpeg|mpeg4|av1)\b[^\]]* @ 0x/.test(line) ||
    line.startsWith('Error while decoding stream')
  );
}

/** Whether the picture filters are (re)made, at the start and for pictures of another size or pixel format. */
export function isNewShape(line: string): boolean {
  return /^\[showinfo@full @ \w+\] config in time_base/.test(line);
}

/** Why the segments cannot be written, in ffmpeg's words; `null` for any other line. */
export function parseRecordingFault(line: string): string | null {
  const found = /(?:No space left on device|Disk quota exceeded|Read-only file system|File too large)/.exec(
    line,
  );
  if (found !== null) return `the recording cannot be written: ${found[0].toLowerCase()}`;
  // Of an HLS stream's segments ffmpeg says the same, with their number.
  return /Failed to open segment '/.test(line) ? 'the recording cannot be written: no new segment' : null;
}

/** What ffmpeg says when reading breaks off, which it otherwise takes for the stream's end. */
export function parseReadError(line: string): string | null {
  const found = /^(?:rtsp|http)s?:\/\/\S+: (.+)$/.exec(line) ?? /Error during demuxing: (.+)$/.exec(line);
  return found?.[1] === undefined ? null : redact(found[1]);
}

/** Why reading broke off, for a person: ffmpeg names the address it was given, which means nothing, and often says too little. */
export function toReason(
  reason: string,
  got: { readonly isDescribed: boolean; readonly pictures: number },
): string {
  const plain = reason
    .replace(/^ffmpeg exited with code \d+:\s*/, '')
    .replaceAll(/\b(?:rtsp|http):\/\/127\.0\.0\.1:\d+\/\S+?(?=:?\s|$)/g, 'the camera');
  if (!got.isDescribed && plain.startsWith('Invalid data found'))
    return "the camera's answer cannot be read: invalid data";
  // Its words for an answer that broke off, and for a connection that did.
  if (/^(?:Operation not permitted|Input\/output error)$/.test(plain)) return 'the connection broke off';
  if (plain !== '') return plain;
  return got.isDescribed && got.pictures === 0 ? 'the stream ended before its first picture' : 'ffmpeg ended';
}

/** The codec of an input's pictures, by ffmpeg's name; `null` for any other line. */
export function parseCodec(line: string): string | null {
  return /^ {2}Stream #0:\d+[^:]*: Video: (\w+)/.exec(line)?.[1] ?? null;
}

/** Whether the clock output, the only one of its kind, cannot be written for such a stream: a codec that MP4 does not take, say. */
export function isClockRefusal(line: string): boolean {
  return /^\[(?:out#\d+\/)?mp4 @ \w+\] .*(?:could not|not currently supported|failed|error)/i.test(line);
}

/** Whether the clock output got a time that lies before those it had: the stream's time went back. */
export function isTimeLeap(line: string): boolean {
  return /^\[(?:out#\d+\/)?mp4 @ \w+\] (?:Invalid DTS|pts\/dts pair unsupported|Application provided invalid, non monoton|Non-monotonous DTS)/.test(
    line,
  );
}

/** The picture size that ffmpeg gives with a stream's codec; `null`: not known yet. */
export function parseSize(line: string): { width: number; height: number } | null {
  const found = /: Video: .*?, (\d{2,5})x(\d{2,5})\b/.exec(line);
  return found === null ? null : { width: Number(found[1]), height: Number(found[2]) };
}

/** The time of ffmpeg's regular report: the end of the outputs so far, by decoding time. */
export function parseReport(line: string): number | null {
  const time = /^frame=.* time=(\d+):(\d\d):(\d\d\.\d+) /.exec(line);
  return time === null ? null : ((Number(time[1]) * 60 + Number(time[2])) * 60 + Number(time[3])) * 1000;
}
