/** What a simulated camera makes of time; asked anew for each packet, so that it may change while it sends. */
export interface SenderClock {
  /** How far its clock is ahead of this machine's, milliseconds; `null`: it sends no sender reports. */
  readonly aheadMs?: () => number | null;
  /** Turns its RTP time stamps, ticks of 90 kHz, into those that are sent; taken modulo 2^32. */
  readonly toTicks?: (ticks: number) => number;
}

const frameBytes = 4;
const senderReportType = 200;

/** Rewrites a framed RTP (channel 0) or RTCP (channel 1) packet in place (RFC 3550, sections 5.1 and 6.4.1); `false`: it is not sent. */
export function rewriteTimes(channel: number, framed: Buffer, clock: SenderClock): boolean {
  if (channel === 0) {
    mapTicks(framed, frameBytes + 4, clock);
    return true;
  }
  if (channel !== 1 || framed.length < frameBytes + 20 || framed[frameBytes + 1] !== senderReportType)
    return true;
  const aheadMs = clock.aheadMs === undefined ? 0 : clock.aheadMs();
  if (aheadMs === null) return false;
  const at = frameBytes + 8;
  const seconds = framed.readUInt32BE(at) + framed.readUInt32BE(at + 4) / 2 ** 32 + aheadMs / 1000;
  framed.writeUInt32BE(Math.floor(seconds), at);
  framed.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), at + 4);
  mapTicks(framed, at + 8, clock);
  return true;
}

function mapTicks(framed: Buffer, at: number, { toTicks }: SenderClock): void {
  if (toTicks === undefined) return;
  const ticks = toTicks(framed.readUInt32BE(at));
  framed.writeUInt32BE(Math.round(ticks) >>> 0, at);
}
