import { toMessage, XunjieError } from '../domain/mod.ts';
import type { Camera, CameraOptions, Frame } from './camera.ts';
import { probeClip, toFileInput } from './clip-facts.ts';
import { createClipFootage } from './clip-footage.ts';
import { checkClipOrder, toTurnRefusal } from './clip-order.ts';
import { checkExit } from './cut-frame.ts';
import { toDecodeOptions, tooEarlyMs, toPictureOutput } from './decode.ts';
import { startFfmpeg } from './ffmpeg.ts';
import { createSlot } from './frame-slot.ts';
import { createHealthBoard } from './health-board.ts';
import { canLookAhead, startLookAhead } from './lookahead/look-ahead.ts';
import { TimeTurn } from './lookahead/thin-packets.ts';
import { createPictureStream, type Picture, type PictureStream } from './picture-stream.ts';
import { chooseSampling, toLongestGapMs } from './sampling.ts';
import { openViewWatch, toFrameView } from './view/watch-view.ts';
import { words } from './words.ts';

export interface FileSource {
  readonly path: string;
  readonly realTime: boolean;
  readonly startedAtMs: number;
}

/** A picture that comes so much later than expected is counted as a jump: a recording with a hole in it, say. */
const leapMs = 5000;

/** A clip as a camera. Rejects like `probeClip` and `checkClipOrder`, before anything is started. */
export async function openFileCamera(options: CameraOptions, source: FileSource): Promise<Camera> {
  const { id, logger, maxPixelWidth, maxPixelHeight } = options;
  const facts = await probeClip(source.path);
  await checkClipOrder(source.path, facts.container);
  const sampling = chooseSampling(options.onsetMs, facts.keyframeGapMs);
  logger.info({ camera: id, ...sampling, keyframeGapMs: facts.keyframeGapMs }, 'clip opened');

  const view = await openViewWatch(id, options.viewFile ?? null, logger);
  const board = createHealthBoard(id, (health) => options.onHealth(health));
  board.setKeyframeGap(facts.keyframeGapMs);
  board.note({
    decode: sampling.decode,
    codec: facts.codec,
    width: facts.width,
    height: facts.height,
    clockSource: 'container',
  });
  let stopped = false;
  let slotFault: unknown = null;

  const deliver = async (frame: Frame): Promise<void> => {
    if (stopped || slotFault !== null) return;
    board.countSampled(Date.now());
    await options.onFrame(frame);
  };
  const slot = createSlot<Frame>(
    (frame) =>
      deliver(frame).catch((error) => {
        slotFault = error;
        void run.stop('now');
      }),
    () => board.countDropped(),
  );
  let lastRawMs: number | null = null;
  const usualStepMs =
    sampling.decode === 'keyframes' ? toLongestGapMs(options.onsetMs) : 2000 / (facts.frameRate || 1);
  const longestStepMs = Math.max(usualStepMs, sampling.everyMs) + leapMs;
  const toClipS = (rawMs: number): string => ((rawMs - facts.startPtsMs) / 1000).toFixed(1);
  /** Rejects where the clip's time goes back: its frames could not be told apart by their times any more. */
  const checkStep = (rawMs: number): void => {
    const before = lastRawMs;
    lastRawMs = rawMs;
    if (before === null) return;
    if (rawMs < tooEarlyMs) {
      board.countTimeJump();
      throw toTurnRefusal(source.path, `after the picture at ${toClipS(before)} s`);
    }
    if (rawMs - before > longestStepMs) board.countTimeJump();
  };
  const onPicture = async (picture: Picture): Promise<void> => {
    checkStep(picture.rawPtsMs);
    board.setState('live', '');
    const { width, height, pixels, pixelWidth, pixelHeight, release } = picture;
    const ptsMs = Math.round(picture.rawPtsMs - facts.startPtsMs);
    const capturedAtMs = source.startedAtMs + ptsMs;
    const seen = view.observe({ pixels, pixelWidth, pixelHeight, capturedAtMs });
    board.setView(seen);
    const picked = { width, height, pixels, pixelWidth, pixelHeight, release, ...toFrameView(seen) };
    const frame: Frame = { camera: id, ptsMs, capturedAtMs, clockErrorMs: null, ...picked };
    if (source.realTime) slot.put(frame);
    else await deliver(frame);
  };
  const pictures: PictureStream = createPictureStream((picture) =>
    onPicture(ahead === null ? picture : { ...picture, rawPtsMs: ahead.toRawMs(picture.rawPtsMs) }),
  );
  const input = toFileInput(source.path);
  const ahead =
    !source.realTime && canLookAhead(facts, sampling)
      ? startLookAhead({ input, facts, sampling, maxPixelWidth, maxPixelHeight, pictures })
      : null;
  const run =
    ahead ??
    startFfmpeg({
      inputOptions: [
        ...words('-nostats -loglevel info -protocol_whitelist file -copyts'),
        ...(source.realTime ? ['-re'] : []),
        ...toDecodeOptions(sampling),
      ],
      input,
      outputs: [
        toPictureOutput({
          target: pictures.bytes,
          sampling,
          maxPixelWidth,
          maxPixelHeight,
          from: 'first frame',
          backwards: 'skip',
        }),
      ],
      onLine: (line) => pictures.acceptLine(line),
      timeoutMs: null, // a file lasts as long as its frames' taker; `stop` ends it at any time
    });

  const finish = async (): Promise<void> => {
    const exit = await run.exited;
    pictures.endLines();
    const fault = await pictures.finished;
    if (stopped) return;
    await slot.settle();
    if (slotFault !== null) throw slotFault;
    const turn = ahead?.fault() ?? null;
    if (turn instanceof TimeTurn) throw toTurnRefusal(source.path, `after ${toClipS(turn.afterMs)} s`);
    if (fault !== null) throw fault;
    checkExit(exit, `${source.path} could not be read to its end`);
    if (board.read().framesSampled === 0)
      throw new XunjieError('bad_footage', `${source.path}: no picture of it could be decoded`);
  };
  const finishAll = async (): Promise<void> => {
    try {
      await finish();
    } finally {
      await view.close();
    }
  };
  const done = finishAll().then(
    () => board.setState('ended', stopped ? 'stopped' : ''),
    (error) => {
      board.setState('down', toMessage(error));
      logger.error({ camera: id, tail: run.tail().slice(-5) }, `clip broke off: ${toMessage(error)}`);
      throw error;
    },
  );
  // The owner may look at `done` late; the fault is in the log and in the health until then.
  done.catch(() => {}).finally(() => board.close());

  return {
    footage: createClipFootage(source.path, facts, sampling.decode),
    done,
    health: () => board.read(),
    noteAnalysis: (analysis) => board.noteAnalysis(analysis),
    acceptView: (acceptedAtMs) => view.accept(acceptedAtMs),
    async stop() {
      stopped = true;
      pictures.discard();
      slot.close();
      await run.stop('now');
      await done.catch(() => {}); // reported to whoever holds `done`
    },
  };
}
