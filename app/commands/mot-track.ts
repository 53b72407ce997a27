import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { type Detection, type ObjectClass, toMessage, XunjieError } from '../../domain/mod.ts';
import {
  chooseScoreScale,
  createFollower,
  type FollowedBox,
  type MotRow,
  toMotLine,
} from '../../rules/mot/mod.ts';
import { readAllMotRows, readMotRows } from './read-mot-file.ts';
import { type MotSurvey, readSequenceInfo, surveyMotFile } from './survey-mot.ts';

export interface MotTrackOptions {
  readonly out: string;
  readonly fps?: number;
  /** Lowest confidence that is used, as the file writes it. */
  readonly score?: number;
  /** Pixels. */
  readonly size?: readonly [width: number, height: number];
  readonly class: ObjectClass;
  readonly interpolate: boolean;
}

const usualFramesPerSecond = 25;

/** Runs the tracker on recorded detections and writes its tracks as MOTChallenge does. Returns the exit code. */
export async function trackMotFile(
  file: string,
  options: MotTrackOptions,
  print: (line: string) => void,
): Promise<number> {
  if (path.resolve(file) === path.resolve(options.out))
    throw new XunjieError('bad_argument', `--out: ${options.out} holds the detections`);
  const info = await readSequenceInfo(file);
  const survey = await surveyMotFile(file);
  const width = options.size?.[0] ?? info.width ?? survey.right;
  const height = options.size?.[1] ?? info.height ?? survey.bottom;
  const framesPerSecond = options.fps ?? info.framesPerSecond ?? usualFramesPerSecond;
  const toScore = chooseScoreScale(survey.confidences);
  const toDetection = ({ box, confidence }: MotRow): Detection => ({
    class: options.class,
    score: toScore(confidence),
    box: [box[0] / width, box[1] / height, box[2] / width, box[3] / height],
  });
  const follower = createFollower(1000 / framesPerSecond, options.interpolate);
  const output = await openOutput(options.out);
  const ids = new Set<number>();
  let boxes = 0;
  const write = async (settled: readonly FollowedBox[]): Promise<void> => {
    if (settled.length === 0) return;
    for (const { id } of settled) ids.add(id);
    boxes += settled.length;
    await output.write(
      settled.map(({ frame, id, box, score }) => {
        const pixels = [box[0] * width, box[1] * height, box[2] * width, box[3] * height] as const;
        return toMotLine({ frame, id, box: pixels, confidence: score });
      }),
    );
  };
  try {
    let last: number | null = null;
    for await (const { frame, rows } of readFrames(file, survey, options.score)) {
      for (let empty: number = last === null ? frame : last + 1; empty < frame && !follower.isIdle(); empty++)
        await write(follower.next(empty, []));
      await write(follower.next(frame, rows.map(toDetection)));
      last = frame;
    }
    await write(follower.end());
    await output.finish();
  } catch (error) {
    await output.discard();
    throw error;
  }
  print(
    `${options.out}: ${boxes} boxes of ${ids.size} tracks from ${survey.rows} detections ` +
      `(${framesPerSecond} frames per second, picture ${Math.ceil(width)}x${Math.ceil(height)})`,
  );
  return 0;
}

/** The file's frames in order. What is not sorted is read as a whole first. */
async function* readFrames(
  file: string,
  survey: MotSurvey,
  minConfidence = Number.NEGATIVE_INFINITY,
): AsyncGenerator<{ frame: number; rows: MotRow[] }> {
  const source = survey.isSorted
    ? readMotRows(file)
    : (await readAllMotRows(file)).rows.toSorted((a, b) => a.frame - b.frame);
  let rows: MotRow[] = [];
  let frame: number | null = null;
  for await (const row of source) {
    if (frame !== null && row.frame !== frame) {
      yield { frame, rows };
      rows = [];
    }
    frame = row.frame;
    if (row.confidence >= minConfidence) rows.push(row);
  }
  if (frame !== null) yield { frame, rows };
}

interface LineOutput {
  write(lines: readonly string[]): Promise<void>;
  /** Puts the file in its place. */
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Writes beside the file and puts it in its place when it is whole. */
async function openOutput(file: string): Promise<LineOutput> {
  const part = `${file}.part`;
  const stream = createWriteStream(part);
  const refuse = (error: unknown): XunjieError =>
    new XunjieError('bad_argument', `--out: ${file} cannot be written: ${toMessage(error)}`);
  await once(stream, 'open').catch((error: unknown) => {
    throw refuse(error);
  });
  return {
    async write(lines) {
      if (!stream.write(`${lines.join('\n')}\n`)) await once(stream, 'drain');
    },
    async finish() {
      stream.end();
      await finished(stream).catch((error: unknown) => {
        throw refuse(error);
      });
      await rename(part, file);
    },
    async discard() {
      stream.destroy();
      await rm(part, { force: true });
    },
  };
}
