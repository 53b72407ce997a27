/** When the packets of a stream are shown, milliseconds in the stream's own time base, not rounded. */
export interface PacketTimes {
  readonly firstMs: number;
  /** When the last one to be shown is over. */
  readonly endMs: number;
}

/** What ffmpeg writes for "no time". */
const noTime = '-9223372036854775808';

/**
 * Reads what ffmpeg's `framecrc` output says of one stream: its time base (`#tb 0: 1/90000`), then a line for each packet (`stream, dts,
 * pts, duration, size, checksum`). `null` when no packet has a time. A packet without a length is as long as one is on average.
 */
export function parsePacketTimes(text: string): PacketTimes | null {
  const [, numerator, denominator] = /^#tb 0: (\d+)\/(\d+)$/m.exec(text) ?? [];
  const tickMs = (Number(numerator) / Number(denominator)) * 1000;
  if (!(tickMs > 0 && Number.isFinite(tickMs))) return null;
  let [firstTicks, lastTicks, lastLength, packets] = [Number.NaN, Number.NEGATIVE_INFINITY, 0, 0];
  for (const line of text.split('\n')) {
    const [, dts, pts, length] = /^0,\s*(-?\d+),\s*(-?\d+),\s*(\d+),/.exec(line) ?? [];
    const time = pts === noTime ? dts : pts;
    if (time === undefined || time === noTime) continue;
    packets++;
    // The first one is the keyframe at which the copy begins: what is shown before it cannot be decoded.
    if (packets === 1) firstTicks = Number(time);
    if (Number(time) > lastTicks) [lastTicks, lastLength] = [Number(time), Number(length)];
  }
  if (packets === 0) return null;
  const usual = packets > 1 ? (lastTicks - firstTicks) / (packets - 1) : 0;
  return { firstMs: firstTicks * tickMs, endMs: (lastTicks + (lastLength || usual)) * tickMs };
}
