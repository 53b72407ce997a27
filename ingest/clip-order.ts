import { XunjieError } from '../domain/mod.ts';
import { toFileInput } from './clip-facts.ts';
import { ProbeRefusal, runFfprobe } from './ffprobe.ts';
import { words } from './words.ts';

interface TimedPacket {
  readonly pts_time?: string;
  readonly dts_time?: string;
}

/** So far back the time of a packet may lie: encoders and muxers blunder a little. */
const slackS = 1;
/** By reordering (B-frames) a packet comes after no more than so many with a later time. */
const mostReordered = 4;
/** MP4 and its like keep durations, which are never negative. */
const alwaysOrdered = /^mov,/;

/**
 * Rejects with `bad_footage` when a file's time goes back, as where recordings were joined as they are: of two pictures of one time
 * nobody could say which is meant. Reads the whole file, but decodes nothing; a file that is too long for that (half a minute) passes,
 * and is refused when its pictures come to the place.
 */
export async function checkClipOrder(file: string, container: string): Promise<void> {
  if (alwaysOrdered.test(container)) return;
  let packets: readonly TimedPacket[];
  try {
    const found = (await runFfprobe(toFileInput(file), [
      ...words('-select_streams V:0 -show_entries packet=pts_time,dts_time'),
    ])) as { packets?: TimedPacket[] };
    packets = found.packets ?? [];
  } catch (error) {
    if (error instanceof ProbeRefusal) return;
    throw error;
  }
  const turnS = findTurn(packets.map((packet) => [Number(packet.pts_time), Number(packet.dts_time)]));
  if (turnS !== null) throw toTurnRefusal(file, `at ${turnS.toFixed(1)} s of its own time`);
}

/** The time, seconds, after which the next packet lies far back; `null`: there is none. Pairs of presentation and decoding times; NaN: not known. */
export function findTurn(times: readonly (readonly [number, number])[]): number | null {
  let greatest: number[] = [];
  let lastDts = Number.NEGATIVE_INFINITY;
  for (const [pts, dts] of times) {
    const least = greatest.length > mostReordered ? (greatest.at(-1) as number) : Number.NEGATIVE_INFINITY;
    if (pts < least - slackS || dts < lastDts - slackS) return greatest[0] ?? lastDts;
    if (!Number.isNaN(dts)) lastDts = dts;
    if (!Number.isNaN(pts))
      greatest = [...greatest, pts].toSorted((a, b) => b - a).slice(0, mostReordered + 1);
  }
  return null;
}

export function toTurnRefusal(file: string, where: string): XunjieError {
  return new XunjieError(
    'bad_footage',
    `${file}: its time goes back ${where}, as where recordings are joined as they are; join them anew: ffmpeg -i IN -c copy OUT.mp4`,
  );
}
