// Xunjie's file path (ffmpeg, detector) against OpenCV's (VideoCapture, dnn): same clip, model, instants, one core.
// npm run bench:peer -- [--minutes 20] [--rounds 1] [--model FILE]
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { guessCard } from '../detector/mod.ts';
import { toIou } from '../domain/mod.ts';
import { projectRoot } from '../test/support/fixtures.ts';
import { findWeights } from './support/find-weights.ts';
import { recordFigures } from './support/record-figures.ts';
import { makeStreetClip } from './support/street-clip.ts';

/** Debian's own Python, for which its OpenCV package is built. */
const python = '/usr/bin/python3';
const runTimeoutMs = 9 * 60_000;
const wantedIou = 0.9;
const wantedAgreement = 0.98;
/** Neither way of decoding may hide behind the other, but a minute has few boxes of its own: each repeat of it counts the same ones again. */
const leastAgreement = 0.95;
/** Boxes that one side holds for certain must be in the other, be it with less certainty. */
const certainScore = 0.3;
/** Boxes that one side has alone, told one by one. */
const maxTold = 20;

interface SeenFrame {
  readonly ptsMs: number;
  readonly detections: readonly (readonly [
    label: number | string,
    score: number,
    x1: number,
    y1: number,
    x2: number,
    y2: number,
  ])[];
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '20' },
    rounds: { type: 'string', default: '1' },
    model: { type: 'string' },
  },
});
/** Of clip, for keyframes: a start costs what a minute does, and cameras run for days. Decoding all costs both sides more and is told in less. */
const minutes = Number(values.minutes);
const model = findWeights(values.model);
const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-peer-'));
const cardFile = path.join(dir, 'card.json');
try {
  // As `xunjie models add` leaves it: a city's cameras start from a card, not from a file whose layout is still to be worked out.
  const { card } = await guessCard(model);
  await writeFile(cardFile, JSON.stringify({ ...card, file: path.resolve(model) }));
  const keyframe = await compare({ decode: 'keyframes', gop: 50, minutes });
  // The longest group of pictures that roadside cameras usually have, and what an encoder makes that is told nothing.
  const full = await compare({ decode: 'all', gop: 100, minutes: Math.ceil(minutes / 2) });
  const longGroups = await compare({ decode: 'all', gop: 250, minutes: Math.ceil(minutes / 4) });
  const all = [keyframe, full, longGroups];
  const agreement = toShare(
    all.reduce((sum, { agreed }) => sum + agreed, 0),
    all.reduce((sum, { boxes }) => sum + boxes, 0),
  );
  const worst = Math.min(...all.map(({ agreed, boxes }) => toShare(agreed, boxes)));
  recordFigures({
    bench: 'peer',
    keyframeRatio: keyframe.ratio,
    fullRatio: full.ratio,
    agreement,
    worstAgreement: worst,
    fullLongGroupRatio: longGroups.ratio,
    keyframeCpuS: keyframe.ourCpuS,
    fullCpuS: full.ourCpuS,
    fullLongGroupCpuS: longGroups.ourCpuS,
    peerCpuS: keyframe.peerCpuS,
    boxes: keyframe.boxes + full.boxes + longGroups.boxes,
  });
  if (agreement < wantedAgreement || worst < leastAgreement) {
    process.stderr.write(
      `the two sides do not see the same: agreement ${agreement}, in one way of decoding ${worst}; the ratios are void\n`,
    );
    process.exitCode = 1;
  }
} finally {
  await rm(dir, { recursive: true, force: true });
}

interface Run {
  readonly decode: 'keyframes' | 'all';
  /** Keyframe every so many frames, at 25 frames a second. */
  readonly gop: number;
  /** Of clip. */
  readonly minutes: number;
}

interface Comparison {
  /** Peer's processor time over ours, median of the rounds. */
  readonly ratio: number;
  readonly boxes: number;
  /** Those of them that the other side has too. */
  readonly agreed: number;
  /** Processor seconds per minute of clip. */
  readonly ourCpuS: number;
  readonly peerCpuS: number;
}

/** Our side runs first and names the instants; then both in turn, so that a machine that slows down slows both. */
async function compare({ decode, gop, minutes: clipMinutes }: Run): Promise<Comparison> {
  const clip = await makeStreetClip({ seconds: clipMinutes * 60, gop, bFrames: 0 });
  const instantsFile = path.join(dir, `${decode}-${gop}.json`);
  const ours = (): Timed => runOnOneCore([process.execPath, ...ourArguments(clip, decode)]);
  const first = ours();
  await writeFile(instantsFile, JSON.stringify(first.frames.map(({ ptsMs }) => ptsMs)));
  const peers = (): Timed =>
    runOnOneCore([python, path.join(projectRoot, 'bench/peer-opencv.py'), clip, model, instantsFile]);
  const pairs: { ours: Timed; peer: Timed }[] = [];
  for (let round = 0; round < Number(values.rounds); round++) pairs.push({ ours: ours(), peer: peers() });
  const { agreed, boxes, alone } = toAgreement(first.frames, pairs[0]?.peer.frames ?? []);
  process.stdout.write(
    `${decode}, a keyframe every ${gop / 25} s: ours ${pairs.map((pair) => pair.ours.cpuS.toFixed(2)).join(', ')} s, peer ${pairs.map((pair) => pair.peer.cpuS.toFixed(2)).join(', ')} s of processor time for ${clipMinutes} min and ${first.frames.length} samples; ${boxes} boxes, agreement ${toShare(agreed, boxes)}\n`,
  );
  for (const line of alone.slice(0, maxTold)) process.stdout.write(`  ${line}\n`);
  if (alone.length > maxTold) process.stdout.write(`  and ${alone.length - maxTold} more\n`);
  return {
    ratio: round2(toMedian(pairs.map((pair) => pair.peer.cpuS / pair.ours.cpuS))),
    boxes,
    agreed,
    ourCpuS: round2(toMedian(pairs.map((pair) => pair.ours.cpuS)) / clipMinutes),
    peerCpuS: round2(toMedian(pairs.map((pair) => pair.peer.cpuS)) / clipMinutes),
  };
}

function ourArguments(clip: string, decode: string): string[] {
  return [path.join(projectRoot, 'bench/peer-ours.mjs'), clip, cardFile, decode];
}

interface Timed {
  readonly frames: readonly SeenFrame[];
  readonly cpuS: number;
}

/** User and system time of the process and all that it waited for. */
function runOnOneCore(command: readonly string[]): Timed {
  const timed = `import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.buffer.write(done.stdout)
print(used.ru_utime + used.ru_stime)
sys.exit(done.returncode)`;
  const { stdout, stderr, status, error } = spawnSync(
    'taskset',
    ['-c', '0', python, '-c', timed, ...command],
    {
      encoding: 'utf8',
      timeout: runTimeoutMs,
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...process.env,
        OMP_NUM_THREADS: '1',
        OPENCV_FFMPEG_CAPTURE_OPTIONS: 'threads;1',
      },
    },
  );
  if (error !== undefined || status !== 0)
    throw new Error(`${command.slice(0, 4).join(' ')} failed: ${error?.message ?? stderr.slice(-2000)}`);
  const lines = stdout.trim().split('\n');
  return { cpuS: Number(lines.pop()), frames: lines.map((line) => JSON.parse(line) as SeenFrame) };
}

interface Agreement {
  /** Certain boxes of either side, and those that the other side has too: same label, IoU at least 0.9, at the same instant. */
  readonly boxes: number;
  readonly agreed: number;
  /** The others in words, each with the nearest that the other side has. */
  readonly alone: readonly string[];
}

function toAgreement(ours: readonly SeenFrame[], peers: readonly SeenFrame[]): Agreement {
  let boxes = 0;
  const alone: string[] = [];
  const count = (side: string, from: SeenFrame, other: SeenFrame | undefined): void => {
    for (const [label, score, ...box] of from.detections) {
      if (score < certainScore) continue;
      boxes++;
      const overlaps = (other?.detections ?? [])
        .filter(([otherLabel]) => otherLabel === label)
        .map(([, , ...otherBox]) => toIou(box, otherBox));
      const nearest = Math.max(0, ...overlaps);
      if (nearest >= wantedIou) continue;
      alone.push(
        `${side} alone at ${from.ptsMs} ms: label ${label}, score ${score.toFixed(2)}, nearest IoU ${nearest.toFixed(3)}`,
      );
    }
  };
  const peerByPts = new Map(peers.map((frame) => [frame.ptsMs, frame]));
  for (const frame of ours) count('ours', frame, peerByPts.get(frame.ptsMs));
  const ourByPts = new Map(ours.map((frame) => [frame.ptsMs, frame]));
  for (const frame of peers) count('peer', frame, ourByPts.get(frame.ptsMs));
  return { boxes, agreed: boxes - alone.length, alone };
}

function toShare(part: number, all: number): number {
  return all === 0 ? 0 : Math.floor((part / all) * 1e4) / 1e4;
}

function toMedian(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
