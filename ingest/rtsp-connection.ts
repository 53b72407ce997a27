import { redact } from '../platform/mod.ts';
import { type Anchor, createAnchorFinder } from './anchor.ts';
import { startFfmpeg } from './ffmpeg.ts';
import { isComplaint, isNewShape, parseRecordingFault } from './ffmpeg-words.ts';
import { copyLagMs, type LiveCommand, toLiveTask } from './live-command.ts';
import type { LiveTiming } from './live-timing.ts';
import { createPictureStream, type Picture } from './picture-stream.ts';
import { parseRefusal } from './refusal.ts';

export interface ConnectionOptions extends Omit<LiveCommand, 'pictures'> {
  readonly timing: LiveTiming;
  /** No frame at or before this time may come any more. */
  readonly floorMs: number;
  /** Longest gap between keyframes with which keyframes alone are enough. */
  readonly longestGapMs: number;
  /** Called once, before the first picture; awaited. */
  onAnchored(anchor: Anchor): Promise<void>;
  /** Never rejects. Awaited only for the pictures that waited for the anchor, so that they do not push each other out. */
  onPicture(picture: Picture, anchor: Anchor): Promise<void>;
  onKeyframeGap(gapMs: number): void;
  /** ffmpeg complained about the stream: lost or damaged packets, pictures that could not be decoded wholly. */
  onComplaint(): void;
}

/** Why a connection is over. */
export interface ConnectionEnd {
  readonly kind:
    | 'closed'
    | 'lost'
    | 'killed'
    | 'stalled'
    | 'unauthorized'
    | 'sparse_keyframes'
    | 'changed'
    | 'not_recording'
    | 'stopped';
  /** One redacted line. */
  readonly reason: string;
  readonly pictures: number;
  /** `changed`: the stream was as before up to here. */
  readonly changedAtRawMs?: number;
}

export interface Connection {
  readonly ended: Promise<ConnectionEnd>;
  /** Time of the newest data, on the frames' clock; `null` before the anchor. */
  edgeMs(): number | null;
  tail(): readonly string[];
  /** Ends it for a reason that its owner knows. */
  cut(kind: ConnectionEnd['kind'], reason: string): void;
  stop(): Promise<void>;
}

const heldPictures = 8;
/** A report that is not this far past the last picture tells nothing that the picture did not. */
const reportPastMs = 100;
/** What start-up read ahead is through so long after the first picture: data comes at its own pace by then. */
const readAheadMs = 400;
/** Data this much off the anchor: the stream's clock jumped, or the network is hopelessly behind. */
const longestLeadMs = 2000;
const longestLagMs = 10_000;
/** So many complaints without a picture for so long: the codec is another than was described, say. */
const manyComplaints = 50;
const undecodableMs = 5000;

/** One ffmpeg that pulls a camera's stream, watched over: it is ended when no picture comes, or when its clock jumps. */
export function startConnection(options: ConnectionOptions): Connection {
  const { timing } = options;
  const finder = createAnchorFinder(options.floorMs, options.input.burstMs);
  let anchor: Anchor | null = null;
  let anchoring: Promise<void> | null = null;
  let announcedRawMs = Number.NEGATIVE_INFINITY;
  let edgeRawMs: number | null = null;
  let described = false;
  let readError = '';
  let verdict: Omit<ConnectionEnd, 'pictures'> | null = null;
  let pictures = 0;
  let lastRawMs: number | null = null;
  let firstPictureAtMs: number | null = null;
  let lastPictureAtMs = Date.now();
  let gapMs = 0;
  let shapes = 0;
  /** Since the last picture. */
  let complaints = 0;
  const held: Picture[] = [];

  const end = (kind: ConnectionEnd['kind'], reason: string): void => {
    verdict ??= { kind, reason };
    stream.discard();
    void run.stop(kind === 'stalled' ? 'now' : 'orderly');
  };

  const release = async (fixed: Anchor): Promise<void> => {
    await options.onAnchored(fixed);
    for (const picture of held.splice(0)) await options.onPicture(picture, fixed);
    anchor = fixed;
    for (const picture of held.splice(0)) void options.onPicture(picture, fixed);
  };
  const settle = (): void => {
    const fixed = anchoring === null ? finder.settle() : null;
    if (fixed !== null)
      anchoring = release(fixed).catch((error: Error) => end('not_recording', error.message));
  };

  const onPicture = async (picture: Picture): Promise<void> => {
    const now = Date.now();
    const { rawPtsMs } = picture;
    if (lastRawMs !== null && rawPtsMs <= lastRawMs) {
      end('lost', "the stream's time went backwards");
      return;
    }
    if (lastRawMs !== null && options.sampling.decode === 'keyframes') measureGap(rawPtsMs - lastRawMs);
    pictures++;
    lastRawMs = rawPtsMs;
    firstPictureAtMs ??= now;
    lastPictureAtMs = now;
    complaints = 0;
    if (anchor === null) held.push(picture);
    else void options.onPicture(picture, anchor);
    if (held.length > heldPictures) held.shift();
  };
  const measureGap = (newGapMs: number): void => {
    gapMs = newGapMs;
    options.onKeyframeGap(Math.round(newGapMs));
    if (newGapMs > options.longestGapMs)
      end(
        'sparse_keyframes',
        `keyframes are ${Math.round(newGapMs)} ms apart: all pictures are decoded from now on`,
      );
  };

  const noteEdge = (rawMs: number): void => {
    if (edgeRawMs !== null && rawMs <= edgeRawMs) return;
    edgeRawMs = rawMs;
    const now = Date.now();
    finder.noteEdge(now, rawMs);
    if (firstPictureAtMs !== null && now - firstPictureAtMs > readAheadMs) settle();
    const lagMs = finder.lagMs();
    const { burstMs } = options.input;
    if (lagMs !== null && (lagMs < -longestLeadMs - burstMs || lagMs > longestLagMs + 2 * burstMs))
      end(
        'lost',
        `the stream is ${Math.round(Math.abs(lagMs))} ms ${lagMs < 0 ? 'ahead of' : 'behind'} its clock`,
      );
  };
  const onLine = (line: string): void => {
    const reportedMs = parseReport(line);
    if (reportedMs !== null && reportedMs > announcedRawMs + reportPastMs) {
      noteEdge(reportedMs + copyLagMs);
      return;
    }
    if (line.startsWith('Input #0')) described = true;
    readError = parseReadError(line) ?? readError;
    verdict ??= parseRefusal(line);
    if (isComplaint(line)) {
      complaints++;
      options.onComplaint();
    }
    const recordingFault = options.recording === null ? null : parseRecordingFault(line);
    if (recordingFault !== null) end('not_recording', recordingFault);
    // The filters are made anew when pictures of another size come; the recording cannot be: its files say one size.
    if (isNewShape(line) && ++shapes > 1) end('changed', "the size of the stream's pictures changed");
    const header = stream.acceptLine(line);
    if (header === null) return;
    announcedRawMs = header.rawPtsMs;
    noteEdge(header.rawPtsMs);
  };

  const watchdog = setInterval(() => {
    const silentMs = Date.now() - lastPictureAtMs;
    if (firstPictureAtMs !== null && Date.now() - firstPictureAtMs > timing.settleMs) settle();
    const limitMs =
      pictures === 0 && described
        ? timing.firstPictureMs
        : Math.max(timing.silentMs, 3 * gapMs) + 2 * options.input.burstMs;
    if (complaints >= manyComplaints && silentMs > Math.max(undecodableMs, 2 * gapMs))
      end('lost', `nothing of the stream can be decoded for ${Math.round(silentMs / 1000)} s`);
    if (silentMs > limitMs) end('stalled', `no picture for ${Math.round(silentMs / 1000)} s`);
  }, timing.watchMs);

  const stream = createPictureStream(onPicture);
  const run = startFfmpeg({ ...toLiveTask({ ...options, pictures: stream.bytes }), onLine });

  const watch = async (): Promise<ConnectionEnd> => {
    const exit = await run.exited;
    clearInterval(watchdog);
    stream.endLines();
    const fault = await stream.finished;
    settle(); // a stream too short for its reports
    await anchoring;
    if (verdict?.kind === 'changed' && lastRawMs !== null)
      return { ...verdict, pictures, changedAtRawMs: lastRawMs + 1 };
    if (verdict !== null) return { ...verdict, pictures };
    if (exit.kind === 'killed') return { kind: 'killed', reason: exit.reason, pictures };
    if (fault !== null) return { kind: 'lost', reason: redact(fault.message), pictures };
    if (exit.kind === 'ended' && readError === '')
      return { kind: 'closed', reason: 'the stream ended', pictures };
    return { kind: 'lost', reason: readError || toReason(exit.reason), pictures };
  };

  return {
    ended: watch(),
    edgeMs: () => (anchor === null || edgeRawMs === null ? null : edgeRawMs + anchor.offsetMs),
    tail: () => run.tail(),
    cut: end,
    async stop() {
      end('stopped', '');
      await run.exited;
    },
  };
}

/** The time of ffmpeg's regular report: the end of the outputs so far, of the pictures or of the copy, by decoding time. */
function parseReport(line: string): number | null {
  const time = /^frame=.* time=(\d+):(\d\d):(\d\d\.\d+) /.exec(line);
  return time === null ? null : ((Number(time[1]) * 60 + Number(time[2])) * 60 + Number(time[3])) * 1000;
}

/** What ffmpeg says when reading breaks off, which it otherwise takes for the stream's end. */
function parseReadError(line: string): string | null {
  const found = /^(?:rtsp|http)s?:\/\/\S+: (.+)$/.exec(line) ?? /Error during demuxing: (.+)$/.exec(line);
  return found?.[1] === undefined ? null : redact(found[1]);
}

/** ffmpeg names the address it was given, which means nothing to a person. */
function toReason(reason: string): string {
  const plain = reason.replace(/^ffmpeg exited with code \d+: /, '');
  return (
    plain.replaceAll(/\b(?:rtsp|http):\/\/127\.0\.0\.1:\d+\/\S+?(?=:?\s|$)/g, 'the camera') || 'ffmpeg ended'
  );
}
