import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FootageClip, type FootageReader, XunjieError } from '../domain/mod.ts';
import { makeScratchFolder } from '../platform/mod.ts';
import { probeClipHead, toFileInput } from './clip-facts.ts';
import { maxClipMs } from './clip-footage.ts';
import { beyondMs, convertFile, cutClip } from './cut-clip.ts';
import { cutFrame, cutFrames, type FrameCut } from './cut-frame.ts';
import { ProbeRefusal, runFfprobe } from './ffprobe.ts';
import { type RingConnection, type Segment, toSegmentReach } from './ring-index.ts';
import type { SegmentRing } from './segment-ring.ts';
import { words } from './words.ts';

export interface LiveEdge {
  /** Stream time of the newest data of the connection in work, `null` when there is none. */
  edgeMs(): number | null;
}

/** From arrival to disk on a busy machine. */
const writeLagMs = 1500;
const longestWaitMs = 15_000;
const pollMs = 250;
const retries = 6;

/** Footage of a live camera from its ring, the frame of exactly the wanted time or, of another stream, the nearest one; `ptsMs` is capture time. What is still on its way to the disk is waited for, 15 s at most. */
export function createRingFootage(
  ring: Pick<SegmentRing, 'list' | 'explainGap'>,
  live: LiveEdge,
  which: 'exact' | 'nearest' = 'exact',
): FootageReader {
  return {
    async readFrame(ptsMs) {
      await waitForEdge(live, ptsMs + writeLagMs);
      for (let attempt = 1; ; attempt++) {
        try {
          const connections = await ring.list();
          const atMs = which === 'exact' ? ptsMs : await findNearestMs(connections, ptsMs);
          const found = atMs === null ? null : await findFrame(connections, atMs);
          if (atMs !== null && found !== null) return { bytes: found, ptsMs: atMs };
          if (attempt === retries || !isOnItsWay(live, ptsMs)) throw toAbsence(ring, `no frame of`, ptsMs);
        } catch (error) {
          // A segment that is just begun or just pruned cannot be read; the one that holds the frame may be next to it.
          if (!(error instanceof XunjieError) || error.code !== 'ffmpeg_failed') throw error;
          if (attempt === retries) throw toAbsence(ring, `no frame of`, ptsMs, error);
        }
        await delay(pollMs * 2);
      }
    },
    async readFrames(wanted) {
      await waitForEdge(live, Math.max(...wanted) + writeLagMs);
      const connections = await ring.list();
      const cuts = which === 'exact' ? wanted.map((ptsMs) => findKeyframeCut(connections, ptsMs)) : [];
      const known = cuts.flatMap((cut) => cut ?? []);
      const found = await cutFrames(known);
      return wanted.map((ptsMs, index) => {
        const cut = cuts[index] ?? null;
        const bytes = cut === null ? null : (found[known.indexOf(cut)] ?? null);
        return bytes === null ? null : { bytes, ptsMs };
      });
    },
    async readClip(fromPtsMs, toPtsMs) {
      const to = Math.min(toPtsMs, fromPtsMs + maxClipMs);
      await waitForEdge(live, to + writeLagMs);
      const [stretch] = await listStretches(await ring.list(), fromPtsMs, to);
      if (stretch === undefined) throw toAbsence(ring, `nothing up to ${toTime(to)} from`, fromPtsMs);
      return joinClip(stretch, fromPtsMs, Math.min(to, stretch.endMs));
    },
  };
}

/** Resolves when the live connection has come so far, ended, or moves no more. */
async function waitForEdge(live: LiveEdge, ptsMs: number): Promise<void> {
  const until = performance.now() + longestWaitMs;
  for (
    let edge = live.edgeMs();
    edge !== null && edge < ptsMs && performance.now() < until;
    edge = live.edgeMs()
  )
    await delay(pollMs);
}

async function findFrame(connections: readonly RingConnection[], ptsMs: number): Promise<Uint8Array | null> {
  for (const place of listPlaces(connections, ptsMs)) {
    // Most frames asked for are keyframes, and those alone cost a tenth.
    for (const decode of ['-skip_frame nokey ', '']) {
      const png = await cutFrame(toFrameCut(place, decode));
      if (png !== null) return png;
    }
  }
  return null;
}

/** Where a frame is if it is a keyframe, as most that are asked for are. */
function findKeyframeCut(connections: readonly RingConnection[], ptsMs: number): FrameCut | null {
  const [place] = listPlaces(connections, ptsMs);
  return place === undefined ? null : toFrameCut(place, '-skip_frame nokey ');
}

interface Place {
  readonly file: string;
  readonly rawPtsMs: number;
}

function toFrameCut({ file, rawPtsMs }: Place, decode: string): FrameCut {
  const inputOptions = words(`${decode}-protocol_whitelist file`);
  return { input: toFileInput(file), inputOptions, rawPtsMs };
}

/** The segments that may hold the frame of a time. */
function listPlaces(connections: readonly RingConnection[], ptsMs: number): Place[] {
  return connections.flatMap((connection) => {
    const { offsetMs, changedAtRawMs } = connection;
    if (offsetMs === null) return [];
    const rawPtsMs = ptsMs - offsetMs;
    if (changedAtRawMs !== null && rawPtsMs >= changedAtRawMs) return []; // recorded after a leap of the stream's time
    return pickSegments(connection, ptsMs, ptsMs).map(({ file }) => ({ file, rawPtsMs }));
  });
}

/** A frame of another stream shows the same moment when it is not further off than this. */
const nearestWithinMs = 1000;

/** Time of the recorded frame that is nearest; `null` when there is none near enough. */
async function findNearestMs(connections: readonly RingConnection[], ptsMs: number): Promise<number | null> {
  let nearestMs: number | null = null;
  for (const connection of connections) {
    const { offsetMs, changedAtRawMs } = connection;
    if (offsetMs === null) continue;
    for (const { file } of pickSegments(connection, ptsMs - nearestWithinMs, ptsMs + nearestWithinMs))
      for (const rawMs of await listFrameTimes(file)) {
        if (changedAtRawMs !== null && rawMs >= changedAtRawMs) continue;
        const atMs = Math.round(rawMs) + offsetMs;
        if (Math.abs(atMs - ptsMs) < Math.abs((nearestMs ?? Number.POSITIVE_INFINITY) - ptsMs))
          nearestMs = atMs;
      }
  }
  return nearestMs !== null && Math.abs(nearestMs - ptsMs) <= nearestWithinMs ? nearestMs : null;
}

/** Stream times of a segment's frames, milliseconds; none of one that is just begun or just pruned. */
async function listFrameTimes(file: string): Promise<number[]> {
  const options = words('-select_streams V:0 -show_entries packet=pts_time');
  const found = (await runFfprobe(toFileInput(file), options).catch((error: unknown) => {
    if (error instanceof ProbeRefusal) return {};
    throw error;
  })) as { packets?: readonly { readonly pts_time?: string }[] };
  return (found.packets ?? []).flatMap(({ pts_time }) =>
    pts_time === undefined ? [] : [Number(pts_time) * 1000],
  );
}

/** The segments that may hold something of [from, to]. One without an end may still grow. */
function pickSegments(connection: RingConnection, fromMs: number, toMs: number): Segment[] {
  return connection.segments.filter((segment) => {
    const reach = toSegmentReach(connection, segment);
    if (reach === null) return false;
    return reach.fromMs <= toMs && (segment.endRawMs === null || reach.toMs >= fromMs);
  });
}

interface Stretch {
  readonly offsetMs: number;
  /** One after the other, without a gap. */
  readonly segments: readonly Segment[];
  /** Where the last one ends, or the stream was no longer of one kind. */
  readonly endMs: number;
}

/** What there is of [from, to] in one piece, the longest first: what lies across two connections is no continuous clip. */
async function listStretches(
  connections: readonly RingConnection[],
  fromMs: number,
  toMs: number,
): Promise<Stretch[]> {
  const found: { stretch: Stretch; heldMs: number }[] = [];
  for (const connection of connections) {
    const { offsetMs, changedAtRawMs } = connection;
    if (offsetMs === null) continue;
    for (const segments of splitAtGaps(pickSegments(connection, fromMs, toMs))) {
      const [first, last] = [segments[0], segments.at(-1)] as [Segment, Segment];
      const startRawMs = first.startRawMs ?? (await readStart(first));
      if (startRawMs === null) continue; // nothing in it yet
      const lastMs = last.endRawMs === null ? last.writtenAtMs : last.endRawMs + offsetMs;
      // Not a frame beyond a change, though the cutter goes a little further than it is told.
      const endMs = changedAtRawMs === null ? lastMs : Math.min(lastMs, changedAtRawMs + offsetMs - beyondMs);
      const heldMs = Math.min(endMs, toMs) - Math.max(startRawMs + offsetMs, fromMs);
      // A last segment may have grown since it was looked at.
      const untilMs = last.endRawMs === null && changedAtRawMs === null ? toMs : endMs;
      if (heldMs > 0) found.push({ stretch: { offsetMs, segments, endMs: untilMs }, heldMs });
    }
  }
  return found.toSorted((x, y) => y.heldMs - x.heldMs).map(({ stretch }) => stretch);
}

/** Between segments that were held, others were pruned. */
function splitAtGaps(segments: readonly Segment[]): Segment[][] {
  const runs: Segment[][] = [];
  for (const segment of segments) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.number === segment.number - 1) run.push(segment);
    else runs.push([segment]);
  }
  return runs;
}

/** Where a connection's first segment begins: the ring's own list does not tell. */
async function readStart(segment: Segment): Promise<number | null> {
  return probeClipHead(segment.file).then(
    ({ startPtsMs }) => startPtsMs,
    () => null, // just begun or just pruned: it holds nothing that can be shown
  );
}

async function joinClip({ offsetMs, segments }: Stretch, fromMs: number, toMs: number): Promise<FootageClip> {
  const [first] = segments as [Segment];
  const { startPtsMs, codec, pixelFormat } = await probeClipHead(first.file);
  const folder = makeScratchFolder('join');
  try {
    const list = path.join(folder, 'list.ffconcat');
    await writeFile(list, formatList(segments, startPtsMs));
    // Joined first: sought in as a list, it would skip its first segment.
    const joined = path.join(folder, 'joined.mkv');
    await convertFile(
      toFileInput(list),
      words('-copyts -protocol_whitelist file -f concat -safe 0'),
      joined,
      words('-map 0:V:0 -c copy -avoid_negative_ts disabled -f matroska'),
    );
    const cut = await cutClip({
      input: toFileInput(joined),
      inputOptions: words('-protocol_whitelist file'),
      seekS: (fromMs - offsetMs - startPtsMs) / 1000,
      // Joined, the first segment begins at 0.
      rawToMs: toMs - offsetMs - startPtsMs,
      codec,
      pixelFormat,
    });
    return {
      ...cut.clip,
      mediaType: 'video/mp4',
      fromPtsMs: Math.round(cut.rawFromMs + startPtsMs) + offsetMs,
      durationMs: cut.durationMs,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Lengths are given from the ring's own list, so that each segment's times are what they were. */
function formatList(segments: readonly Segment[], firstStartRawMs: number): string {
  let startRawMs = firstStartRawMs;
  const entries = segments.map(({ file, endRawMs }) => {
    const name = `file 'file:${path.resolve(file).replaceAll("'", String.raw`'\''`)}'\n`;
    if (endRawMs === null) return name;
    const seconds = ((endRawMs - startRawMs) / 1000).toFixed(6);
    startRawMs = endRawMs;
    return `${name}duration ${seconds}\n`;
  });
  return `ffconcat version 1.0\n${entries.join('')}`;
}

/** Whether what was captured then may not have come to the disk yet. */
function isOnItsWay(live: LiveEdge, ptsMs: number): boolean {
  const edgeMs = live.edgeMs();
  return edgeMs !== null && edgeMs < ptsMs + 4 * writeLagMs;
}

function toAbsence(
  ring: Pick<SegmentRing, 'explainGap'>,
  what: string,
  ptsMs: number,
  cause?: Error,
): XunjieError {
  const why = ring.explainGap(ptsMs);
  const reason = why === null ? '(any more)' : `: nothing was recorded then, ${why}`;
  const message = `the recordings have ${what} ${toTime(ptsMs)} ${reason}`.replace(' : ', ': ');
  return new XunjieError('evidence_unavailable', message, { cause });
}

function toTime(ptsMs: number): string {
  return new Date(ptsMs).toISOString();
}
