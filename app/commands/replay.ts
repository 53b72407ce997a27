import path from 'node:path';
import type { CandidateFacts } from '../../domain/mod.ts';
import { createClosingStack, createLogger, type LogLevel, makeFolder } from '../../platform/mod.ts';
import { type Change, compareRuns } from '../../rules/mod.ts';
import { listRaised, type ReplayCandidate, toRow } from '../replay/candidate-row.ts';
import { type Folded, type FoldOutcome, foldLog, type SceneOf } from '../replay/fold-log.ts';
import { openLog } from '../replay/log-place.ts';
import { type LogOptions, type OpenedLog, openReplay } from '../replay/open-replay.ts';
import { openScenes, toSceneOf } from '../replay/open-scenes.ts';
import { toCandidateLines, toCounterLines, toSuppressedLines } from '../replay/print-candidates.ts';
import { toChangeLines } from '../replay/print-changes.ts';
import { toScoreLines } from '../replay/print-score.ts';
import { readTruths } from '../replay/read-truth.ts';
import { scoreTruth, type TruthScore } from '../replay/score-truth.ts';
import { type Stills, writeStills } from '../replay/stills.ts';
import { createTimeText, type TimeText } from '../replay/time-text.ts';
import { writeReplayPage } from '../replay/write-replay-page.ts';

export interface ReplayOptions extends LogOptions {
  readonly scene?: string;
  /** Scene file or folder to compare with, as it was before; `current`: the program's. */
  readonly diff?: string;
  readonly truth?: string;
  /** Milliseconds; `undefined`: one sample of the log. */
  readonly early?: number;
  readonly alpha?: number;
  readonly out?: string;
  readonly footage?: string;
  readonly json: boolean;
  readonly logLevel: LogLevel;
}

/** What one replay came to. */
export interface Replayed {
  readonly folded: Folded;
  readonly candidates: readonly ReplayCandidate[];
  readonly suppressed: readonly ReplayCandidate[];
  /** `null`: nothing to compare with. */
  readonly changes: readonly Change[] | null;
  readonly score: TruthScore | null;
  readonly counterLines: readonly string[];
  readonly notes: readonly string[];
  readonly time: TimeText;
}

/** Folds recorded detections under a scene and prints the candidates, or what is different from another scene. Returns the exit code. */
export async function replayLog(options: ReplayOptions, print: (line: string) => void): Promise<number> {
  const logger = createLogger(options.logLevel);
  const closing = createClosingStack(logger);
  try {
    const opened = await openReplay(options, { closing, logger });
    const old =
      options.diff === undefined
        ? null
        : await (options.diff === 'current' ? opened.readCurrentScenes() : openScenes(options.diff));
    const truths = options.truth === undefined ? null : await readTruths(options.truth);
    const sceneOf = toSceneOf(opened.scenes);
    const oldSceneOf = old === null ? null : toSceneOf(old);
    const variants = [sceneOf, ...(oldSceneOf === null ? [] : [oldSceneOf])];
    const folded = await foldLog(await openLog(opened.place, { closing, logger }), variants, {
      keepFollowed: old !== null,
    });
    const [outcome, before] = folded.outcomes;
    if (outcome === undefined) throw new Error('a fold without an outcome');
    const score =
      truths === null
        ? null
        : scoreTruth(
            outcome.raised,
            truths,
            { cameras: folded.cameras, sceneOf },
            {
              earlyMs: options.early ?? null,
              alpha: options.alpha ?? null,
              timeZone: opened.timeZone,
            },
          );
    const toRows = (list: readonly CandidateFacts[]): ReplayCandidate[] =>
      list.map((atRaise) => toRow(outcome.latest.get(atRaise.id) ?? atRaise, atRaise, folded.cameras));
    const replayed: Replayed = {
      folded,
      candidates: toRows(outcome.raised),
      suppressed: toRows(outcome.suppressed),
      changes: before && oldSceneOf ? compare(before, oldSceneOf, outcome, sceneOf) : null,
      score,
      counterLines: toCounterLines(outcome),
      notes: listNotes(folded),
      time: createTimeText(folded.cameras, opened.timeZone),
    };
    const report =
      options.out === undefined ? null : await writeReport(options.out, options, opened, replayed);
    if (options.json) printJson(replayed, outcome, report, print);
    else printText(replayed, report, print);
    return 0;
  } finally {
    await closing.close();
  }
}

function compare(before: FoldOutcome, oldScene: SceneOf, now: FoldOutcome, newScene: SceneOf): Change[] {
  return compareRuns(
    { raised: listRaised(before), followed: before.followed, sceneOf: oldScene },
    { raised: listRaised(now), followed: now.followed, sceneOf: newScene },
  );
}

function listNotes({ cameras, unwatched }: Folded): string[] {
  const notes = [...unwatched].map(
    ([camera, batches]) => `${camera} has no scene: ${batches} batches left out`,
  );
  return cameras.length === 0 && notes.length === 0 ? ['the log has nothing of that time and camera'] : notes;
}

interface Report {
  readonly file: string;
  readonly stills: Stills;
}

async function writeReport(
  out: string,
  options: ReplayOptions,
  { timeZone }: OpenedLog,
  replayed: Replayed,
): Promise<Report> {
  makeFolder(out);
  const [outcome, before] = replayed.folded.outcomes;
  // Pictures of what is new or different, or of all where there is nothing to compare with; as it was when it was raised.
  const shown = new Set(
    (replayed.changes ?? []).flatMap(({ kind, before: old, after }) =>
      kind === 'same' ? [] : [(after ?? old)?.id],
    ),
  );
  const all = [...(outcome?.raised ?? []), ...(before?.raised ?? [])];
  const pictured = replayed.changes === null ? all : all.filter(({ id }) => shown.has(id));
  const unique = [
    ...new Map(pictured.toReversed().map((candidate) => [candidate.id, candidate])).values(),
  ].toReversed();
  const stills = await writeStills(unique, {
    out,
    footage: options.footage ?? null,
    dataDir: path.resolve(options.data),
    timeZone,
  });
  const file = await writeReplayPage(out, { replayed, stills, options });
  return { file, stills };
}

function printText(replayed: Replayed, report: Report | null, print: (line: string) => void): void {
  const { candidates, suppressed, changes, score, time, folded } = replayed;
  const batches = folded.cameras.reduce((sum, camera) => sum + camera.batches, 0);
  if (changes !== null) for (const line of toChangeLines(changes, time)) print(line);
  else if (candidates.length === 0)
    print(
      `no candidate in ${batches} samples of ${folded.cameras.length} camera${folded.cameras.length === 1 ? '' : 's'}`,
    );
  else for (const line of toCandidateLines(candidates, time)) print(line);
  for (const line of toSuppressedLines(suppressed, time)) print(line);
  for (const line of [...replayed.counterLines, ...replayed.notes]) print(line);
  if (score !== null) for (const line of toScoreLines(score, time)) print(line);
  if (report === null) return;
  for (const problem of report.stills.problems) print(`no pictures: ${problem}`);
  print(`report: ${path.relative('', report.file)}`);
}

function printJson(
  { candidates, suppressed, changes, score, folded, notes }: Replayed,
  outcome: FoldOutcome,
  report: Report | null,
  print: (line: string) => void,
): void {
  print(
    JSON.stringify({
      candidates,
      suppressed,
      counters: outcome.counters,
      cameras: folded.cameras,
      ...(changes !== null && {
        changes: changes.map(({ kind, before, after, why }) => ({
          kind,
          why,
          before: before && toRow(before, before, folded.cameras),
          after: after && toRow(after, after, folded.cameras),
        })),
      }),
      ...(score !== null && {
        score: {
          ...score.figures,
          earlyMs: score.earlyMs,
          events: score.events.map(({ event, ...verdict }) => ({
            event: event.id,
            camera: event.camera,
            ...verdict,
          })),
          falseAlarmIds: score.falseAlarmIds,
          notes: score.notes,
        },
      }),
      notes,
      ...(report !== null && { report: report.file }),
    }),
  );
}
