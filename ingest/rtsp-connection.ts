import { redact } from '../platform/mod.ts';
import { type Anchor, createAnchorFinder } from './anchor.ts';
import { type ClockPoint, createClockPointReader } from './clock-points.ts';
import { openClockSocket } from './clock-socket.ts';
import type { Connection, ConnectionEnd, ConnectionOptions } from './connection.ts';
import { createCopyWatch } from './copy-watch.ts';
import { describeFinding } from './decode-choice.ts';
import { startFfmpeg } from './ffmpeg.ts';
import {
  isClockRefusal,
  isComplaint,
  isNewShape,
  isTimeLeap,
  parseCodec,
  parseReadError,
  parseRecordingFault,
  parseReport,
  parseSize,
  toReason,
} from './ffmpeg-words.ts';
import { createKeyframeWatch, type KeyframeFinding } from './keyframe-watch.ts';
import { leadTicks, toLiveTask } from './live-command.ts';
import { fitToCodec } from './live-input.ts';
import { createPictureHold } from './picture-hold.ts';
import { createPictureStream, type Picture } from './picture-stream.ts';
import { createRedirectionWatch } from './redirections.ts';
import { parseRefusal, type Refusal } from './refusal.ts';
import { createReportFilter } from './report-filter.ts';

const heldPictures = 8;
/** What start-up read ahead is through so long after the first picture: data comes at its own pace by then. */
const readAheadMs = 400;
/** Data this much off the least way of the last minutes: the stream's clock jumped, or the network is hopelessly behind. */
const longestLeadMs = 2000;
const longestLagMs = 10_000;
/** The names of frames are tied to the clock anew when the camera's clock and this machine's have drifted apart by so much. */
const longestDriftMs = 1500;
/** The same for names that are looked up in this connection's own recordings alone, and fall behind: nothing is amiss with them. */
const longestOwnLagMs = 300_000;
const driftSettledMs = 60_000;
/** A key packet cannot come before a packet that was here already, but for rounding. */
const stepBackMs = 1;
/** So many complaints without a picture for so long: the codec is another than was described, say. */
const manyComplaints = 50;
const undecodableMs = 5000;
/** A stream whose keyframes do not stand alone gives no more pictures than this when they alone are decoded. */
const fewDecoded = 3;
/** A stream that is described has begun; its next keyframe is overdue this long after the longest gap. */
const keyWaitMs = 2000;

/** One ffmpeg that pulls a camera's stream, watched over: it is ended when no picture comes, or when its clock jumps. */
export function startConnection(options: ConnectionOptions): Connection {
  const { timing, clock } = options;
  const watched = createKeyframeWatch(options.watch);
  const finder = createAnchorFinder(options.floorMs);
  const reports = createReportFilter(
    (rawMs, wallMs, atMs) => clock.noteReport(rawMs, wallMs, atMs),
    (atMs) => clock.noteErratic(atMs),
  );
  const redirections = createRedirectionWatch(options.input.isRedirectable ?? true);
  const copied = options.isDecoded || !options.hasClockOutput ? null : createCopyWatch();
  const socket = options.hasClockOutput
    ? openClockSocket(
        createClockPointReader(
          leadTicks,
          (point) => onPoint(point),
          (rawMs, head) => judge(copied?.noteKeyframe(rawMs, head, codec ?? '') ?? null),
        ),
        (error) => end('clock_refused', `the clock output broke off: ${error.message}`),
      )
    : null;
  let anchor: Anchor | null = null;
  let anchoring: Promise<void> | null = null;
  let edgeRawMs: number | null = null;
  // How long something lasts is told by a clock that nobody sets; when data arrived, by this machine's.
  const startedAtMs = performance.now();
  let describedAtMs: number | null = null;
  let codec: string | null = null;
  let readError = '';
  let verdict: Omit<ConnectionEnd, 'pictures'> | null = null;
  /** What the camera refused last, without which a stream may yet go on: one segment of many, say. */
  let refusal: Refusal | null = null;
  let pictures = 0;
  let lastRawMs: number | null = null;
  let firstPictureAtMs: number | null = null;
  let lastPictureAtMs = performance.now();
  /** When anything of the stream came, decoded or not. */
  let lastDataAtMs = performance.now();
  /** Packets before this are not recorded; `null` as long as it is not known. */
  let recordedFromRawMs: number | null =
    options.hasClockOutput && options.input.picturesFrom === 'second keyframe'
      ? null
      : Number.NEGATIVE_INFINITY;
  let isRecording = true;
  let lastPointRawMs: number | null = null;
  let pointWrittenAtMs: number | null = null;
  let shapes = 0;
  /** Since the last picture. */
  let complaints = 0;
  const held: Picture[] = [];
  const untold = createPictureHold((picture) => hand(picture));

  const judge = (finding: Omit<ConnectionEnd, 'pictures'> | null): void => {
    if (finding !== null) conclude(finding);
  };
  const end = (kind: ConnectionEnd['kind'], reason: string): void => conclude({ kind, reason });
  const conclude = (how: NonNullable<typeof verdict>): void => {
    verdict ??= how;
    const { kind } = verdict;
    stream.discard();
    void run.stop(kind === 'stalled' ? 'now' : 'orderly');
  };

  const isRecorded = (picture: Picture): boolean =>
    picture.rawPtsMs > (recordedFromRawMs ?? Number.NEGATIVE_INFINITY) - 1;
  const release = async (fixed: Anchor): Promise<void> => {
    await options.onAnchored(fixed);
    for (const picture of held.splice(0).filter(isRecorded)) await options.onPicture(picture, fixed);
    anchor = fixed;
    for (const picture of held.splice(0).filter(isRecorded)) void options.onPicture(picture, fixed);
  };
  const settle = (): void => {
    const fixed = anchoring === null ? finder.settle() : null;
    if (fixed !== null)
      anchoring = release(fixed).catch((error: Error) => end('not_recording', error.message));
  };

  const onPicture = async (picture: Picture): Promise<void> => {
    const now = performance.now();
    const { rawPtsMs } = picture;
    if (lastRawMs !== null && rawPtsMs <= lastRawMs) {
      end('time_jumped', "the stream's time went backwards");
      return;
    }
    pictures++;
    lastRawMs = rawPtsMs;
    firstPictureAtMs ??= now;
    lastPictureAtMs = now;
    complaints = 0;
    act(watched.notePicture(rawPtsMs));
    // Without a clock output the pictures are all that tells of keyframes.
    if (socket === null && options.sampling.decode === 'keyframes') noteKeyframe(rawPtsMs);
    const delayMs = watched.delayMs();
    if (delayMs !== null) options.onFacts({ decodeDelayMs: Math.round(delayMs) });
    if (socket !== null && options.sampling.decode === 'keyframes') untold.put(picture);
    else hand(picture);
  };
  const hand = (picture: Picture): void => {
    if (verdict?.kind === 'time_jumped') return;
    if (anchor === null) held.push(picture);
    else if (isRecorded(picture)) void options.onPicture(picture, anchor);
    if (held.length > heldPictures) held.shift();
  };
  const act = (finding: KeyframeFinding | null): void => {
    if (finding === null || !options.isDecoded) return;
    if (finding === 'undecodable' && pictures > fewDecoded)
      return end(
        'changed',
        'keyframes come that cannot be decoded any more: the stream is another than it was',
      );
    const [gapMs, delayMs] = [watched.gapMs(), watched.delayMs()];
    const reason = describeFinding(finding, gapMs, delayMs);
    conclude({ kind: 'redecode', reason, keyframes: { finding, gapMs, delayMs } });
  };
  const noteKeyframe = (rawMs: number): void => {
    act(watched.noteKeyframe(rawMs));
    const gapMs = watched.gapMs();
    if (gapMs !== null) options.onFacts({ keyframeGapMs: Math.round(gapMs) });
  };
  const onPoint = ({ rawPtsMs, isKey, pairRawMs, pairWallMs }: ClockPoint): void => {
    lastDataAtMs = performance.now();
    const before = lastPointRawMs;
    lastPointRawMs = rawPtsMs;
    if (isKey) noteRecording(rawPtsMs);
    if (before !== null && rawPtsMs < before - stepBackMs)
      return end('time_jumped', `the stream's time went back by ${Math.round(before - rawPtsMs)} ms`);
    const now = Date.now();
    // A point is written when the next one comes: so this one came when the one before was written.
    if (pointWrittenAtMs !== null) noteEdge(rawPtsMs, pointWrittenAtMs);
    pointWrittenAtMs = now;
    reports.note(pairRawMs, pairWallMs, now);
    if (isKey) noteKeyframe(rawPtsMs);
    if (isKey) untold.noteKeyframe(rawPtsMs);
    if (!options.isDecoded) notePacket();
    judge(copied?.noteEdge(rawPtsMs) ?? null);
    settleInTime();
  };

  /** What a picture tells of a stream that is decoded. */
  const notePacket = (): void => {
    pictures++;
    firstPictureAtMs ??= performance.now();
    lastPictureAtMs = performance.now();
  };

  /** The recording begins with the first keyframe that has a time. */
  const noteRecording = (keyRawMs: number): void => {
    recordedFromRawMs ??= keyRawMs;
    if (!isRecording) options.onFacts({ isRecording: true });
    isRecording = true;
  };
  /** The stream gives no keyframe to begin a recording with: better looked at without one than not at all. */
  const beginUnrecorded = (): void => {
    recordedFromRawMs = Number.NEGATIVE_INFINITY;
    isRecording = false;
    options.onFacts({ isRecording });
  };
  const noteEdge = (rawMs: number, arrivedAtMs: number): void => {
    if (edgeRawMs !== null && rawMs <= edgeRawMs) return;
    const before = edgeRawMs;
    edgeRawMs = rawMs;
    refusal = null;
    lastDataAtMs = performance.now();
    checkClock(rawMs, arrivedAtMs, before);
    finder.noteEdge(arrivedAtMs, rawMs);
    clock.noteArrival(rawMs, arrivedAtMs);
    act(watched.noteEdge(rawMs));
    settleInTime();
  };
  const settleInTime = (): void => {
    const isReadAhead = firstPictureAtMs === null || performance.now() - firstPictureAtMs <= readAheadMs;
    if (recordedFromRawMs !== null && !isReadAhead) settle();
  };
  const checkClock = (rawMs: number, arrivedAtMs: number, beforeRawMs: number | null): void => {
    const leastMs = clock.arrivalOffsetMs();
    if (anchor === null || leastMs === null || firstPictureAtMs === null) return;
    const lagMs = arrivedAtMs - rawMs - leastMs;
    const { burstMs } = options.input;
    if (lagMs < -longestLeadMs - burstMs)
      conclude({
        kind: 'time_jumped',
        reason: `the stream's time leapt ahead by ${Math.round(-lagMs)} ms`,
        ...(beforeRawMs !== null && { changedAtRawMs: beforeRawMs + 1 }),
      });
    else if (lagMs > longestLagMs + 2 * burstMs)
      end(
        'drifted',
        `the stream is ${Math.round(lagMs)} ms behind: the network is slow, or its time runs slower than this machine's`,
      );
    const driftMs = leastMs - anchor.measuredMs;
    const longestMs = driftMs > 0 && options.isOwnFootage ? longestOwnLagMs : longestDriftMs;
    if (Math.abs(driftMs) > longestMs + burstMs && performance.now() - firstPictureAtMs > driftSettledMs)
      end(
        'drifted',
        `the camera's clock and this machine's drifted apart by ${Math.round(Math.abs(driftMs))} ms`,
      );
  };
  const onLine = (line: string): void => {
    if (socket === null && !options.isDecoded) {
      // The copy's decoding times, in which ffmpeg reports, lie so many of Matroska's milliseconds early.
      const reportedMs = (parseReport(line) ?? Number.NEGATIVE_INFINITY) + leadTicks;
      if (reportedMs > (edgeRawMs ?? 0)) {
        noteEdge(reportedMs, Date.now());
        notePacket();
      }
    }
    if (line.startsWith('Input #0')) describedAtMs ??= performance.now();
    if (codec === null) {
      codec = parseCodec(line);
      const size = codec === null ? null : parseSize(line);
      if (codec !== null) options.onFacts({ codec, ...(size && { size }) });
      if (codec !== null && fitToCodec(options.input, codec) !== null)
        end('unfit', `the stream is ${codec}: read as such from now on`);
    }
    if (isTimeLeap(line)) end('time_jumped', "the stream's time went back");
    if (isClockRefusal(line)) end('clock_refused', 'the stream cannot be watched for its clock');
    readError = parseReadError(line) ?? readError;
    const detour = redirections.acceptLine(line);
    if (detour !== null) end('lost', detour);
    refusal = parseRefusal(line) ?? refusal;
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
    noteEdge(header.rawPtsMs, Date.now());
  };

  const watchdog = setInterval(() => {
    untold.noteTime(performance.now());
    const silentMs = performance.now() - lastPictureAtMs;
    const gapMs = options.sampling.decode === 'keyframes' ? (watched.gapMs() ?? 0) : 0;
    const describedForMs = describedAtMs === null ? 0 : performance.now() - describedAtMs;
    if (recordedFromRawMs === null) {
      if (options.sampling.decode === 'keyframes' && describedForMs > options.watch.longestGapMs + keyWaitMs)
        act('sparse');
      if (describedForMs > timing.firstPictureMs) beginUnrecorded();
    } else if (firstPictureAtMs !== null && performance.now() - firstPictureAtMs > timing.settleMs) settle();
    const quietMs = performance.now() - lastDataAtMs;
    // A stream that goes on between its keyframes is not silent: when the next one is overdue, it is the watch over them that says so.
    const isBetweenKeys =
      options.sampling.decode === 'keyframes' && lastPointRawMs !== null && quietMs < timing.quietMs;
    const longestMs = isBetweenKeys ? options.watch.longestGapMs + keyWaitMs : 0;
    const silentLimitMs = Math.max(timing.silentMs, describedAtMs === null ? options.describeMs : 0);
    const limitMs =
      pictures === 0 && describedAtMs !== null
        ? timing.firstPictureMs
        : Math.max(silentLimitMs, 3 * gapMs, longestMs) + 2 * options.input.burstMs;
    if (complaints >= manyComplaints && silentMs > Math.max(undecodableMs, 2 * gapMs))
      end('lost', `nothing of the stream can be decoded for ${Math.round(silentMs / 1000)} s`);
    if (describedAtMs === null && silentMs > options.describeMs)
      end('stalled', `no stream within ${Math.round(silentMs / 1000)} s`);
    const quietLimitMs = pictures > 0 ? timing.quietMs : Math.max(timing.quietMs, options.describeMs);
    if (quietMs > quietLimitMs + 2 * options.input.burstMs)
      end(
        'stalled',
        `nothing came for ${Math.round(quietMs / 1000)} s${pictures > 0 ? '' : ', or no keyframe'}`,
      );
    if (silentMs <= limitMs) return;
    // Keyframes came, but no picture of them: they cannot be decoded alone.
    if (pictures === 0 && watched.gapMs() !== null && gapMs > 0) act('undecodable');
    else end('stalled', `no picture for ${Math.round(silentMs / 1000)} s`);
  }, timing.watchMs);

  const stream = createPictureStream(onPicture);
  const clockTarget = socket?.target ?? null;
  clock.restart(options.input.burstMs);
  const run = startFfmpeg({
    ...toLiveTask({ ...options, pictures: options.isDecoded ? stream.bytes : null, clockTarget }),
    onLine,
  });

  const explain = ({ kind, reason }: NonNullable<typeof verdict>): string => {
    if (kind !== 'stalled' || edgeRawMs !== null) return reason;
    const { silenceHint } = options.input;
    return redirections.explain(silenceHint === undefined ? reason : `${reason}: ${silenceHint}`);
  };
  const watch = async (): Promise<ConnectionEnd> => {
    const exit = await run.exited;
    clearInterval(watchdog);
    socket?.close();
    stream.endLines();
    const fault = options.isDecoded ? await stream.finished : null;
    untold.flush();
    settle(); // a stream too short for its reports
    await anchoring;
    const found = { pictures, ...(describedAtMs !== null && { describedInMs: describedAtMs - startedAtMs }) };
    // Of a stream that is decoded the last picture that was handed on says more.
    if ((verdict?.kind === 'changed' || verdict?.kind === 'time_jumped') && lastRawMs !== null)
      return { ...verdict, ...found, changedAtRawMs: lastRawMs + 1 };
    if (refusal !== null && (verdict === null || verdict.kind === 'stalled')) return { ...refusal, ...found };
    if (verdict !== null) return { ...verdict, ...found, reason: explain(verdict) };
    if (exit.kind === 'killed') return { kind: 'killed', reason: exit.reason, ...found };
    if (fault !== null) return { kind: 'lost', reason: redact(fault.message), ...found };
    if (exit.kind === 'ended' && readError === '')
      return { kind: 'closed', reason: 'the stream ended', ...found };
    const reason = toReason(readError || exit.reason, { isDescribed: describedAtMs !== null, pictures });
    return { kind: 'lost', reason: redirections.explain(reason), ...found };
  };

  return {
    ended: watch(),
    edgeMs: () => (anchor === null || edgeRawMs === null ? null : edgeRawMs + anchor.offsetMs),
    edgeRawMs: () => edgeRawMs,
    tail: () => run.tail(),
    cut: end,
    async stop() {
      end('stopped', '');
      await run.exited;
    },
  };
}
