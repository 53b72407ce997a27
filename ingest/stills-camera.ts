import path from 'node:path';
import sharp from 'sharp';
import { toMessage, XunjieError } from '../domain/mod.ts';
import type { Camera, CameraOptions, Frame } from './camera.ts';
import { createHealthBoard } from './health-board.ts';
import { listStills, type Still, type StillsFolder } from './still-list.ts';
import { createStillsFootage } from './stills-footage.ts';
import { openViewWatch, toFrameView } from './view/watch-view.ts';

const shortestSpacingMs = 200;
const longestSpacingMs = 2000;
const maxPixels = 64_000_000;
/** So many are named in the log; all are counted. */
const namedProblems = 10;

/** A folder of stills as a camera, as fast as its frames are taken. Rejects like `listStills`, before anything is read. */
export async function openStillsCamera(options: CameraOptions, folder: StillsFolder): Promise<Camera> {
  const { id, logger } = options;
  const { stills, problems } = await listStills(folder);
  const view = await openViewWatch(id, options.viewFile ?? null, logger);
  const board = createHealthBoard(id, (health) => options.onHealth(health));
  board.note({ clockSource: 'container', decode: 'all' });
  const passedOver = [...problems];
  if (problems.length > 0) warn(options, problems);
  let stopped = false;
  const isStopped = (): boolean => stopped;

  const read = async (): Promise<void> => {
    const due = pickDue(stills, Math.max(shortestSpacingMs, Math.min(longestSpacingMs, options.onsetMs / 5)));
    board.setState('live', toSummary(passedOver));
    // The next one is decoded while this one is looked at.
    let next = due[0] === undefined ? null : decode(options, due[0]);
    for (const [i, still] of due.entries()) {
      const decoded = await next;
      const following = due[i + 1];
      next = following === undefined || isStopped() ? null : decode(options, following);
      if (isStopped() || decoded === null) break;
      if (decoded instanceof Error) {
        const problem = `${path.basename(still.file)}: cannot be read: ${decoded.message}`;
        passedOver.push(problem);
        warn(options, [problem]);
        board.setState('live', toSummary(passedOver));
        continue;
      }
      board.countSampled(Date.now());
      board.note({ width: decoded.width, height: decoded.height });
      const seen = view.observe(decoded);
      board.setView(seen);
      await Promise.race([options.onFrame({ ...decoded, ...toFrameView(seen) }), whenStopped]);
    }
    await next;
    if (!isStopped() && board.read().framesSampled === 0)
      throw new XunjieError(
        'bad_footage',
        `${folder.path}: none of its pictures can be read (${passedOver.at(-1)})`,
      );
  };
  let markStopped: () => void = () => undefined;
  const whenStopped = new Promise<void>((resolve) => {
    markStopped = resolve;
  });

  const readAll = async (): Promise<void> => {
    try {
      await read();
    } finally {
      await view.close();
    }
  };
  const done = readAll().then(
    () => board.setState('ended', stopped ? 'stopped' : toSummary(passedOver)),
    (error: unknown) => {
      board.setState('down', toMessage(error));
      logger.error({ camera: id }, `stills broke off: ${toMessage(error)}`);
      throw error;
    },
  );
  // The owner may look at `done` late; the fault is in the log and in the health until then.
  done.catch(() => {}).finally(() => board.close());

  return {
    footage: createStillsFootage(stills),
    done,
    health: () => board.read(),
    noteAnalysis: (analysis) => board.noteAnalysis(analysis),
    acceptView: (acceptedAtMs) => view.accept(acceptedAtMs),
    async stop() {
      stopped = true;
      markStopped();
      await done.catch(() => {}); // reported to whoever holds `done`
    },
  };
}

/** The stills that are looked at: one is passed over when the next after it still comes in time. */
export function pickDue(stills: readonly Still[], spacingMs: number): Still[] {
  const due: Still[] = [];
  for (const [i, still] of stills.entries()) {
    const last = due.at(-1);
    const next = stills[i + 1];
    const isNeeded =
      last === undefined || next === undefined || next.capturedAtMs - last.capturedAtMs > spacingMs;
    if (isNeeded) due.push(still);
  }
  return due;
}

/** A still as a frame, or why it is none. */
async function decode(options: CameraOptions, { file, capturedAtMs }: Still): Promise<Frame | Error> {
  try {
    // A telephone that was held upright writes the picture lying, and how to turn it.
    const picture = sharp(file, { failOn: 'error', limitInputPixels: maxPixels, autoOrient: true });
    const { format, autoOrient } = await picture.metadata();
    const { width, height } = autoOrient;
    if (format !== 'jpeg' && format !== 'png' && format !== 'webp')
      return new Error(`it is ${format}, not JPEG, PNG or WebP`);
    const { data, info } = await picture
      .resize({
        width: options.maxPixelWidth,
        height: options.maxPixelHeight,
        fit: 'inside',
        withoutEnlargement: true,
      })
      .flatten()
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 3) return new Error(`it has ${info.channels} channels, not three colours`);
    return {
      camera: options.id,
      ptsMs: capturedAtMs,
      capturedAtMs,
      clockErrorMs: null, // nothing is known of the clock that named it
      width,
      height,
      pixels: data,
      pixelWidth: info.width,
      pixelHeight: info.height,
    };
  } catch (error) {
    return new Error(toMessage(error).split('\n')[0]);
  }
}

function warn({ id, logger }: CameraOptions, problems: readonly string[]): void {
  const fields = { camera: id, count: problems.length, first: problems.slice(0, namedProblems) };
  logger.warn(fields, 'stills are passed over');
}

function toSummary(passedOver: readonly string[]): string {
  if (passedOver.length === 0) return '';
  return `${passedOver.length} stills are passed over: ${passedOver.slice(0, 3).join('; ')}${passedOver.length > 3 ? '; ...' : ''}`;
}
