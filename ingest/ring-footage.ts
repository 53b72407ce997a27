import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type FootageClip, type FootageReader, XunjieError } from '../domain/mod.ts';
import { probeClip, toFileInput } from './clip-facts.ts';
import { maxClipMs } from './clip-footage.ts';
import { convertFile, cutClip } from './cut-clip.ts';
import { cutFrame } from './cut-frame.ts';
import { listConnections, type RingConnection, type Segment } from './segment-ring.ts';
import { words } from './words.ts';

export interface LiveEdge {
  /** Stream time of the newest data of the connection in work, `null` when there is none. */
  edgeMs(): number | null;
}

/** From arrival to disk: segments are flushed twice a second. */
const writeLagMs = 1500;
const longestWaitMs = 15_000;
const pollMs = 250;
const retries = 6;

/** Footage of a live camera from its ring; `ptsMs` is capture time. What is still on its way to the disk is waited for, 15 s at most. */
export function createRingFootage(ringDir: string, live: LiveEdge): FootageReader {
  return {
    async readFrame(ptsMs) {
      await waitForEdge(live, ptsMs + writeLagMs);
      for (let attempt = 1; ; attempt++) {
        try {
          const found = await findFrame(await listConnections(ringDir), ptsMs);
          if (found !== null) return { bytes: found, ptsMs };
          if (attempt === retries || !isOnItsWay(live, ptsMs)) throw toAbsence(ptsMs);
        } catch (error) {
          // A segment that is just begun or just pruned cannot be read; the one that holds the frame may be next to it.
          if (!(error instanceof XunjieError) || error.code !== 'ffmpeg_failed') throw error;
          if (attempt === retries) throw toAbsence(ptsMs, error);
        }
        await delay(pollMs * 2);
      }
    },
    async readClip(fromPtsMs, toPtsMs) {
      const to = Math.min(toPtsMs, fromPtsMs + maxClipMs);
      await waitForEdge(live, to + writeLagMs);
      const stretches = await listStretches(await listConnections(ringDir), fromPtsMs, to);
      const [stretch] = stretches;
      if (stretch === undefined)
        throw new XunjieError(
          'evidence_unavailable',
          `the recordings have nothing from ${toTime(fromPtsMs)} to ${toTime(to)} (any more)`,
        );
      return joinClip(stretch, fromPtsMs, to);
    },
  };
}

/** Resolves when the live connection has come so far, ended, or moves no more. */
async function waitForEdge(live: LiveEdge, ptsMs: number): Promise<void> {
  const until = Date.now() + longestWaitMs;
  for (let edge = live.edgeMs(); edge !== null && edge < ptsMs && Date.now() < until; edge = live.edgeMs())
    await delay(pollMs);
}

async function findFrame(connections: readonly RingConnection[], ptsMs: number): Promise<Uint8Array | null> {
  for (const { offsetMs, segments } of connections) {
    if (offsetMs === null) continue;
    const rawPtsMs = ptsMs - offsetMs;
    for (const segment of pickSegments(segments, rawPtsMs, rawPtsMs)) {
      // Most frames asked for are keyframes, and those alone cost a tenth.
      for (const decode of ['-skip_frame nokey ', '']) {
        const inputOptions = words(`${decode}-protocol_whitelist file`);
        const png = await cutFrame({ input: toFileInput(segment.file), inputOptions, rawPtsMs });
        if (png !== null) return png;
      }
    }
  }
  return null;
}

/** Frames around a cut between segments may lie on either side of it. */
const cutSlackMs = 1000;

/** The segments that may hold something of [from, to]. The first one's start is unknown and taken for early enough. */
function pickSegments(segments: readonly Segment[], fromRawMs: number, toRawMs: number): Segment[] {
  return segments.filter((segment, i) => {
    const startRawMs = segments[i - 1]?.endRawMs ?? Number.NEGATIVE_INFINITY;
    return (
      startRawMs <= toRawMs + cutSlackMs &&
      (segment.endRawMs ?? Number.POSITIVE_INFINITY) >= fromRawMs - cutSlackMs
    );
  });
}

interface Stretch {
  readonly offsetMs: number;
  readonly segments: readonly Segment[];
}

/** The connections that hold something of [from, to], the one that holds most first: what lies across two is no continuous clip. */
async function listStretches(
  connections: readonly RingConnection[],
  fromMs: number,
  toMs: number,
): Promise<Stretch[]> {
  const found: { stretch: Stretch; heldMs: number }[] = [];
  for (const { offsetMs, segments } of connections) {
    if (offsetMs === null) continue;
    const picked = pickSegments(segments, fromMs - offsetMs, toMs - offsetMs);
    const [first, last] = [picked[0], picked.at(-1)];
    if (first === undefined || last === undefined) continue;
    const before = segments[segments.indexOf(first) - 1];
    const startRawMs = before?.endRawMs ?? (await readStart(first));
    if (startRawMs === null) continue; // nothing in it yet
    const endMs = last.endRawMs === null ? last.writtenAtMs : last.endRawMs + offsetMs;
    const heldMs = Math.min(endMs, toMs) - Math.max(startRawMs + offsetMs, fromMs);
    if (heldMs > 0) found.push({ stretch: { offsetMs, segments: picked }, heldMs });
  }
  return found.toSorted((x, y) => y.heldMs - x.heldMs).map(({ stretch }) => stretch);
}

/** Where a connection's first segment begins: the ring's own list does not tell. */
async function readStart(segment: Segment): Promise<number | null> {
  return probeClip(segment.file).then(
    ({ startPtsMs }) => startPtsMs,
    () => null, // just begun or just pruned: it holds nothing that can be shown
  );
}

async function joinClip({ offsetMs, segments }: Stretch, fromMs: number, toMs: number): Promise<FootageClip> {
  const [first] = segments as [Segment];
  const { startPtsMs, codec, pixelFormat } = await probeClip(first.file);
  const folder = await mkdtemp(path.join(tmpdir(), 'xunjie-join-'));
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
      bytes: cut.bytes,
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

function toAbsence(ptsMs: number, cause?: Error): XunjieError {
  const message = `the recordings have no frame of ${toTime(ptsMs)} (any more)`;
  return new XunjieError('evidence_unavailable', message, { cause });
}

function toTime(ptsMs: number): string {
  return new Date(ptsMs).toISOString();
}
