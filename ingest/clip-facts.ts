import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import { ProbeRefusal, runFfprobe } from './ffprobe.ts';
import { words } from './words.ts';

/** What a clip's container says of it. */
interface ClipHead {
  /** Picture size as shown (after rotation), pixels. */
  readonly width: number;
  readonly height: number;
  readonly durationMs: number | null;
  /** Frames per second, on average; 0 when the container does not say. */
  readonly frameRate: number;
  /** By ffmpeg's name for its demuxer. */
  readonly container: string;
  readonly codec: string;
  readonly pixelFormat: string;
  /** The container's start time: what players call 0. Stream times of frames (`ptsMs`) count from here. Not rounded. */
  readonly startPtsMs: number;
  readonly creationTimeMs: number | null;
  /** What a tick of its pictures' times stands for. */
  readonly tickMs: number;
  /** Degrees by which players turn it. */
  readonly rotation: number;
}

/** What a clip's container and its first minute say of it. */
export interface ClipFacts extends Omit<ClipHead, 'rotation'> {
  /** Longest gap between keyframes in the first minute; the stretch after the last one counts too. `null`: nothing measured. */
  readonly keyframeGapMs: number | null;
  /** As far as looked at, each packet has a time of its own and is shown, as it is. */
  readonly isPlain: boolean;
}

const probedSeconds = 60;
/** Demuxers that make "video" of text and single pictures. */
const noClipFormats = /^(tty|image2|.*_pipe|txd|ico|lrc|aqtitle|subviewer|srt|ass|webvtt)$/;

/** Demuxers of streams without a container, and so without times: ffmpeg would count pictures, 25 a second whatever they are. */
const timelessFormats =
  /^(h26[1346]|hevc|vvc|m4v|mpegvideo|mjpeg|mjpeg_2000|obu|cavsvideo|avs2|avs3|dirac|vc1|rawvideo|evc)$/;

/**
 * Reads a clip's facts. Rejects with `file_not_found` when the file is not there or not readable, and with `not_a_video` when no
 * pictures can come from it; both name the file and the cause in one line.
 */
export async function probeClip(file: string): Promise<ClipFacts> {
  const head = await probeClipHead(file);
  return refuseAs(file, async () => {
    const packets = (await runFfprobe(toFileInput(file), [
      ...words(`-select_streams V:0 -read_intervals %+${probedSeconds} -show_entries packet=pts_time,flags`),
    ])) as { packets?: ProbedPacket[] };
    const { rotation, ...facts } = head;
    const keyframeGapMs = toKeyframeGapMs(packets.packets ?? []);
    return { ...facts, keyframeGapMs, isPlain: rotation === 0 && isOrdinary(packets.packets ?? []) };
  });
}

/** `probeClip` without the keyframes, at half the cost. */
export async function probeClipHead(file: string): Promise<ClipHead> {
  await checkReadable(file);
  const input = toFileInput(file);
  return refuseAs(file, async () => {
    const found = (await runFfprobe(input, ['-show_format', '-show_streams'])) as ProbedClip;
    const format = found.format ?? {};
    const stream = findPictures(file, found);
    const rotation = toRotation(stream);
    const rotated = Math.abs(rotation) % 180 === 90;
    const width = stream.width ?? 0;
    const height = stream.height ?? 0;
    if (width <= 0 || height <= 0) throw toRefusal(file, 'its picture size is unknown');
    const durationS = Number(format.duration ?? stream.duration);
    const startS = Number(format.start_time ?? 0);
    return {
      width: rotated ? height : width,
      height: rotated ? width : height,
      durationMs: Number.isFinite(durationS) ? Math.round(durationS * 1000) : null,
      frameRate: toRate(stream.avg_frame_rate) || toRate(stream.r_frame_rate),
      container: format.format_name ?? 'unknown',
      codec: stream.codec_name ?? 'unknown',
      pixelFormat: stream.pix_fmt ?? 'unknown',
      startPtsMs: Number.isFinite(startS) ? startS * 1000 : 0,
      tickMs: toRate(stream.time_base) * 1000,
      rotation,
      creationTimeMs: toTime(format.tags?.['creation_time'] ?? stream.tags?.['creation_time']),
    };
  });
}

async function refuseAs<T>(file: string, probe: () => Promise<T>): Promise<T> {
  try {
    return await probe();
  } catch (error) {
    if (error instanceof ProbeRefusal) throw toRefusal(file, error.message, error);
    throw error;
  }
}

/** A path as ffmpeg takes it without ever reading a protocol or an option into it. */
export function toFileInput(file: string): string {
  return `file:${path.resolve(file)}`;
}

interface ProbedStream {
  readonly codec_type?: string;
  readonly codec_name?: string;
  readonly pix_fmt?: string;
  readonly width?: number;
  readonly height?: number;
  readonly duration?: string;
  readonly time_base?: string;
  readonly avg_frame_rate?: string;
  readonly r_frame_rate?: string;
  readonly disposition?: Readonly<Record<string, number>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly side_data_list?: readonly { readonly rotation?: number }[];
}

interface ProbedPacket {
  readonly pts_time?: string;
  readonly flags?: string;
}

interface ProbedClip {
  readonly streams?: readonly ProbedStream[];
  readonly format?: {
    readonly format_name?: string;
    readonly duration?: string;
    readonly start_time?: string;
    readonly tags?: Readonly<Record<string, string>>;
  };
}

async function checkReadable(file: string): Promise<void> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) throw new XunjieError('not_a_video', `${file} is a folder, not a video file`);
    await access(file, constants.R_OK);
  } catch (error) {
    if (error instanceof XunjieError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new XunjieError(
      'file_not_found',
      `${file}: ${missing ? 'no such file' : 'cannot be read (permission)'}`,
      {
        cause: error,
      },
    );
  }
}

function findPictures(file: string, found: ProbedClip): ProbedStream {
  const streams = found.streams ?? [];
  const format = found.format?.format_name ?? '';
  if (noClipFormats.test(format)) throw toRefusal(file, `it holds text or a single picture (${format})`);
  if (timelessFormats.test(format))
    throw toRefusal(
      file,
      `its pictures have no times (a bare ${format} stream); put them into a container at their frame rate: ffmpeg -framerate 25 -i IN -c copy OUT.mp4`,
    );
  const pictures = streams.find(
    (stream) => stream.codec_type === 'video' && stream.disposition?.['attached_pic'] !== 1,
  );
  if (pictures !== undefined) return pictures;
  const audio = streams.find((stream) => stream.codec_type === 'audio');
  throw toRefusal(
    file,
    audio ? `it holds only sound (${audio.codec_name}), no pictures` : 'it holds no pictures',
  );
}

function toRefusal(file: string, why: string, cause?: unknown): XunjieError {
  return new XunjieError('not_a_video', `${file} is not a video that can be read: ${why}`, { cause });
}

function toRotation(stream: ProbedStream): number {
  return stream.side_data_list?.find((data) => data.rotation !== undefined)?.rotation ?? 0;
}

function toRate(text: string | undefined): number {
  const [numerator, denominator] = (text ?? '').split('/').map(Number);
  return numerator && denominator ? numerator / denominator : 0;
}

function toTime(text: string | undefined): number | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : time;
}

/** Whether all packets are shown, each at a time of its own; ffprobe marks with a D what an edit list leaves out. */
function isOrdinary(packets: readonly ProbedPacket[]): boolean {
  const times = new Set(packets.map(({ pts_time }) => pts_time));
  const areShown = packets.every(
    ({ pts_time, flags }) => Number(pts_time) >= 0 && flags?.includes('D') !== true,
  );
  return areShown && times.size === packets.length;
}

function toKeyframeGapMs(packets: readonly ProbedPacket[]): number | null {
  const timed = packets.filter((packet) => Number.isFinite(Number(packet.pts_time)));
  const keyframes = timed
    .filter((packet) => packet.flags?.startsWith('K'))
    .map((packet) => Number(packet.pts_time));
  if (keyframes.length === 0) return null;
  const end = Math.max(...timed.map((packet) => Number(packet.pts_time)));
  const gaps = keyframes.map((at, i) => (keyframes[i + 1] ?? end) - at);
  return Math.round(Math.max(...gaps) * 1000);
}
