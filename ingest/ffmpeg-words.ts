/** Whether ffmpeg complains of the stream: its demuxer's, depacketiser's or decoder's line, or the program's own on a decoding error. */
export function isComplaint(line: string): boolean {
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
  return /Failed to open segment/.test(line) ? 'the recording cannot be written: no new segment' : null;
}
