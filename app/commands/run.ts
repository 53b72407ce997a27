import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { openDetector, type Provider } from '../../detector/mod.ts';
import {
  type CameraHealth,
  type CameraSource,
  type CandidateFacts,
  type DetectionBatch,
  formatDuration,
  type Scene,
  type SuppressionReason,
  toMessage,
  type ViewHealth,
  XunjieError,
} from '../../domain/mod.ts';
import { type DetectionsReader, openKeyring, type Signer, sealPackage } from '../../evidence/mod.ts';
import { type Camera, openCamera, type RingOptions } from '../../ingest/mod.ts';
import {
  type BlobStore,
  createClosingStack,
  createLogger,
  type Logger,
  type LogLevel,
  makeFolder,
  openFolderBlobStore,
} from '../../platform/mod.ts';
import { createRulesState, listStanding, type RulesState, step } from '../../rules/mod.ts';
import { readAddress } from '../config/camera-address.ts';
import { mergeDetectorSettings } from '../config/detector-settings.ts';
import { loadScene } from '../config/scene-file.ts';
import { type Eyes, look, openModelEyes } from '../eyes.ts';
import { requireModel } from '../find-model.ts';
import { type BatchFile, openBatchFile } from '../replay/batch-file.ts';
import { createRememberedDetections } from '../roles/nearest-detections.ts';
import { toTableLines } from '../text-table.ts';
import { createViewSpans, toViewProblems, type ViewSpan } from '../view-spans.ts';
import { type RunSourceOptions, toCameraName, toRunSource } from './run-source.ts';

export interface RunOptions extends RunSourceOptions {
  readonly scene: string;
  readonly model?: string;
  readonly out: string;
  readonly data: string;
  readonly json: boolean;
  /** File for the detections, a batch a line. */
  readonly log?: string;
  readonly provider?: readonly Provider[];
  readonly workers?: number;
  readonly logLevel: LogLevel;
}

/** One candidate as `--json` prints it; times are seconds of the clip, of stills and streams since the first picture. */
export interface RunCandidate {
  readonly id: string;
  readonly offence: string;
  readonly zone: string;
  readonly class: string;
  readonly fromS: number;
  /** `null` while it is still there at the clip's end. */
  readonly toS: number | null;
  readonly raisedAtS: number;
  readonly dwellS: number;
  /** Share of the dwell in which it was seen, 0-1. */
  readonly seenShare: number;
  /** Folder of the sealed package; `null` when it could not be sealed (the reason is on stderr). */
  readonly evidence: string | null;
}

/** One stay that reached the limit and was not raised, as `--json` prints it. */
export interface RunSuppressed {
  readonly id: string;
  readonly offence: string;
  readonly zone: string;
  readonly class: string;
  readonly fromS: number;
  readonly toS: number | null;
  readonly reason: SuppressionReason;
  readonly explanation: string;
}

/** Reads one clip, folder of stills or stream as fast as its pictures come, through the same stages as a live camera. Returns the exit code. */
export async function runClip(
  clip: string,
  options: RunOptions,
  print: (line: string) => void,
): Promise<number> {
  const logger = createLogger(options.logLevel);
  makeFolder(options.out);
  const scene = await loadScene(options.scene);
  const reading = readAddress(clip);
  if (reading.kind === 'url' && reading.note !== null) logger.warn({}, reading.note);
  const source = await toRunSource(clip, options);
  const model = await requireModel(options.model ?? null, path.resolve(options.data));
  const closing = createClosingStack(logger);
  try {
    const blobs = openFolderBlobStore(path.resolve(options.out));
    const signer = await openKeyring(path.join(path.resolve(options.out), 'keys')).current();
    const detector = await openDetector({ model, logger, ...mergeDetectorSettings({}, options) });
    closing.push('detector', () => detector.close());
    const ring = await openRunRing(source, path.resolve(options.out), closing);
    const eyes = openModelEyes(detector, scene, logger);
    const log = options.log === undefined ? null : openBatchFile(options.log);
    closing.push('log', () => log?.end());
    const outcome = await foldSource({ id: toCameraName(clip), source, ring, scene, eyes, log, logger });
    const candidates = await sealAll(outcome, { blobs, signer, out: path.resolve(options.out) });
    report(candidates, outcome, options.json, print);
    return candidates.every((candidate) => candidate.evidence !== null) ? 0 : 1;
  } finally {
    await closing.close();
  }
}

interface Outcome {
  /** As they were when they were raised: what is sealed. */
  readonly raised: readonly CandidateFacts[];
  /** What became of them, by id. */
  readonly latest: ReadonlyMap<string, CandidateFacts>;
  readonly footage: Parameters<typeof sealPackage>[0]['footage'];
  readonly detections: DetectionsReader;
  readonly samples: number;
  /** When the view was not as it should be. */
  readonly views: readonly ViewSpan[];
  /** Capture time of what the printed seconds count from. */
  readonly startedAtMs: number;
}

/** Longest and largest recording of a stream that is run; it is gone when its evidence is sealed. */
const ringMaxAgeMs = 24 * 3_600_000;
const ringMaxBytes = 50e9;

async function openRunRing(
  source: CameraSource,
  out: string,
  closing: ReturnType<typeof createClosingStack>,
): Promise<RingOptions | null> {
  if (source.kind === 'file' || source.kind === 'stills') return null;
  const dir = await mkdtemp(path.join(out, 'recording-'));
  closing.push('recording', () => rm(dir, { recursive: true, force: true }));
  return { dir, maxAgeMs: ringMaxAgeMs, maxBytes: ringMaxBytes };
}

async function foldSource(options: {
  id: string;
  source: CameraSource;
  ring: RingOptions | null;
  scene: Scene;
  eyes: Eyes;
  log: BatchFile | null;
  logger: Logger;
}): Promise<Outcome> {
  const { source, scene, eyes } = options;
  let startedAtMs = source.kind === 'file' ? source.startedAtMs : null;
  let refused: CameraHealth | null = null;
  let camera: Camera | null = null;
  let state: RulesState = createRulesState();
  let newest: DetectionBatch | null = null;
  let samples = 0;
  const detections = createRememberedDetections();
  let view: ViewHealth = { problem: null, reason: '', sinceMs: null };
  const views = createViewSpans();
  const raised: CandidateFacts[] = [];
  const latest = new Map<string, CandidateFacts>();
  const onsetMs = Math.min(...scene.rules.map((rule) => rule.onsetMs));
  const opened = await openCamera({
    id: options.id,
    source,
    ring: options.ring,
    maxPixelWidth: eyes.maxPixelWidth,
    maxPixelHeight: eyes.maxPixelHeight,
    onsetMs,
    restart: 'until_end',
    logger: options.logger,
    onHealth(health) {
      // A problem that comes or goes is told with the frame that settles it, before that frame is handed over.
      view = health.view;
      // Nobody is there to wait for a stream that never was: the reason is worth more than the next attempt.
      const isRefused =
        health.state === 'down' || health.state === 'unauthorized' || health.state === 'stalled';
      if (!isRefused || startedAtMs !== null || refused !== null) return;
      refused = health;
      void camera?.stop();
    },
    async onFrame(frame) {
      startedAtMs ??= frame.capturedAtMs;
      views.note(view, frame.capturedAtMs);
      const batch = await look(frame, eyes, { isKept: true, floorGapMs: onsetMs / 5 });
      await options.log?.add(batch);
      detections.note(batch);
      const folded = step(state, scene, batch);
      state = folded.state;
      newest = batch;
      samples++;
      for (const { type, candidate } of folded.events) {
        if (type === 'raised') raised.push(candidate);
        latest.set(candidate.id, candidate);
      }
    },
  });
  camera = opened;
  const stop = (): void => void opened.stop();
  if (options.ring !== null) process.once('SIGINT', stop); // a stream may have no end: what it showed so far is reported
  try {
    if (refused !== null) stop();
    await opened.done;
  } finally {
    process.off('SIGINT', stop);
    await opened.stop();
  }
  const refusal = refused as CameraHealth | null; // set by a callback, which the compiler does not see
  if (refusal !== null)
    throw new XunjieError('source_failed', `${options.id}: no stream to be had: ${refusal.reason}`);
  if (newest) for (const candidate of listStanding(state, scene, newest)) latest.set(candidate.id, candidate);
  return {
    raised,
    latest,
    footage: opened.footage,
    detections,
    samples,
    views: views.list(),
    startedAtMs: startedAtMs ?? 0,
  };
}

async function sealAll(
  outcome: Outcome,
  options: { blobs: BlobStore; signer: Signer; out: string },
): Promise<RunCandidate[]> {
  const { out, blobs, signer } = options;
  const { startedAtMs } = outcome;
  const toSeconds = (ms: number): number => Math.round(ms - startedAtMs) / 1000;
  const candidates: RunCandidate[] = [];
  for (const atRaise of outcome.raised) {
    const now = outcome.latest.get(atRaise.id) ?? atRaise;
    candidates.push({
      id: now.id,
      offence: now.offence,
      zone: now.zone,
      class: now.class,
      fromS: toSeconds(now.fromMs),
      toS: now.toMs === null ? null : toSeconds(now.toMs),
      raisedAtS: toSeconds(atRaise.raisedAtMs ?? atRaise.lastSeenMs),
      dwellS: Math.round(now.dwellMs) / 1000,
      seenShare: now.dwellMs === 0 ? 1 : Math.round((now.dwell.seenMs / now.dwellMs) * 1000) / 1000,
      evidence: await sealOne(atRaise, outcome, { blobs, signer, out }),
    });
  }
  return candidates;
}

async function sealOne(
  candidate: CandidateFacts,
  { footage, detections }: Outcome,
  options: { blobs: BlobStore; signer: Signer; out: string },
): Promise<string | null> {
  const { blobs, signer, out } = options;
  try {
    const { manifestHash } = await sealPackage({
      candidate,
      footage,
      detections,
      signer,
      blobs,
      nowMs: Date.now(),
    });
    return path.join(out, 'packages', manifestHash);
  } catch (error) {
    process.stderr.write(`xunjie: evidence of ${candidate.id} could not be sealed: ${toMessage(error)}\n`);
    return null;
  }
}

/** What was held to the end, in order of time. */
function listSuppressed({ latest, startedAtMs }: Outcome): RunSuppressed[] {
  const toSeconds = (ms: number): number => Math.round(ms - startedAtMs) / 1000;
  return [...latest.values()]
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .flatMap((facts) =>
      facts.suppressed === null || facts.raisedAtMs !== null
        ? []
        : [
            {
              id: facts.id,
              offence: facts.offence,
              zone: facts.zone,
              class: facts.class,
              fromS: toSeconds(facts.fromMs),
              toS: facts.toMs === null ? null : toSeconds(facts.toMs),
              reason: facts.suppressed.reason,
              explanation: facts.suppressed.explanation,
            },
          ],
    );
}

function report(
  candidates: readonly RunCandidate[],
  outcome: Outcome,
  json: boolean,
  print: (line: string) => void,
): void {
  const { samples, views, startedAtMs } = outcome;
  const problems = toViewProblems(views, startedAtMs);
  const suppressed = listSuppressed(outcome);
  if (json) {
    print(JSON.stringify({ candidates, suppressed, view: problems }));
    return;
  }
  for (const { problem, reason, fromS, toS } of problems)
    print(
      `view ${problem} from ${fromS.toFixed(1)} s to ${toS === null ? 'the end' : `${toS.toFixed(1)} s`}: ${reason}`,
    );
  for (const { zone, class: name, fromS, reason, explanation } of suppressed)
    print(`held (${reason}): ${name} in ${zone} from ${fromS.toFixed(1)} s: ${explanation}`);
  if (candidates.length === 0) {
    print(`no candidate in ${samples} samples`);
    return;
  }
  const rows = candidates.map((candidate) => [
    candidate.id,
    candidate.offence,
    candidate.zone,
    candidate.class,
    candidate.fromS.toFixed(1),
    candidate.toS?.toFixed(1) ?? 'still there',
    candidate.raisedAtS.toFixed(1),
    formatDuration(candidate.dwellS * 1000),
    `${Math.round(candidate.seenShare * 100)} %`,
    candidate.evidence === null ? 'not sealed' : path.relative('', candidate.evidence),
  ]);
  for (const line of toTableLines(
    ['id', 'offence', 'zone', 'class', 'from s', 'to s', 'raised s', 'dwell', 'seen', 'evidence'],
    rows,
  ))
    print(line);
}
