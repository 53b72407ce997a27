import { writeFile } from 'node:fs/promises';
import { listDecisions } from '../../api/mod.ts';
import { XunjieError } from '../../domain/mod.ts';
import { createClosingStack, createLogger, type Logger, type LogLevel } from '../../platform/mod.ts';
import type { DataEngines } from '../replay/data-engines.ts';
import { type LogOptions, openReplay } from '../replay/open-replay.ts';
import { listScenes } from '../replay/open-scenes.ts';
import { toSweepCsv, toSweepLines } from '../replay/print-sweep.ts';
import { readDecisions, toDecidedStay, toDecisionLine } from '../replay/read-decisions.ts';
import { readTruths } from '../replay/read-truth.ts';
import { runSweep } from '../replay/run-sweep.ts';
import { toSweepHtml } from '../replay/sweep-page.ts';
import { type Judge, toSweepResult } from '../replay/sweep-result.ts';
import { applyTrial, listTrials, parseParam, parseValues } from '../replay/sweep-values.ts';

export interface SweepOptions extends LogOptions {
  readonly scene?: string;
  /** One or two, and as many lists of values. */
  readonly param: readonly string[];
  readonly values: readonly string[];
  /** Empty: all rules. */
  readonly rule: readonly string[];
  readonly truth?: string;
  readonly decisions?: string;
  readonly early?: number;
  readonly alpha?: number;
  readonly csv?: string;
  readonly html?: string;
  readonly json: boolean;
  readonly workers?: number;
  readonly logLevel: LogLevel;
}

const maxTrials = 400;

/** Folds a log once for each value of a parameter and scores what is raised. Returns the exit code. */
export async function sweepLog(options: SweepOptions, print: (line: string) => void): Promise<number> {
  const logger = createLogger(options.logLevel);
  const closing = createClosingStack(logger);
  try {
    const params = parseParams(options);
    const trials = listTrials(params);
    if (trials.length > maxTrials)
      throw new XunjieError('bad_argument', `${trials.length} combinations of values; at most ${maxTrials}`);
    const { place, scenes, engines, timeZone } = await openReplay(options, { closing, logger });
    const known = new Set(listScenes(scenes).flatMap(({ rules }) => rules.map(({ id }) => id)));
    for (const id of options.rule)
      if (!known.has(id))
        throw new XunjieError('bad_argument', `--rule: no rule "${id}"; there are ${[...known].join(', ')}`);
    const judge = await openJudge(options, engines, timeZone, logger);
    const variants = trials.map((trial) => applyTrial(scenes, trial, options.rule));
    const answer = await runSweep(place, variants, options.workers ?? null);
    const result = toSweepResult(
      { params: params.map(({ param }) => param), trials, variants, scenes, ruleIds: options.rule },
      answer,
      judge,
    );
    if (options.csv !== undefined) await write(options.csv, toSweepCsv(result));
    const batches = answer.cameras.reduce((sum, camera) => sum + camera.batches, 0);
    const facts = [
      `log ${options.log ?? `of the program, ${options.from ?? 'all'} to ${options.to ?? 'now'}`}`,
      `${batches} samples of ${answer.cameras.length} ${answer.cameras.length === 1 ? 'camera' : 'cameras'}`,
      `scene ${options.scene ?? 'as the program has it'}`,
      options.rule.length > 0 ? `rules ${options.rule.join(', ')}` : 'all rules',
    ];
    if (options.html !== undefined) await write(options.html, toSweepHtml(result, facts));
    if (options.json) print(JSON.stringify(toJson(result)));
    else for (const line of toSweepLines(result)) print(line);
    return 0;
  } finally {
    await closing.close();
  }
}

function parseParams({ param, values }: SweepOptions) {
  if (param.length !== values.length || param.length === 0 || param.length > 2)
    throw new XunjieError('bad_argument', 'give one or two --param, each with its --values');
  const parsed = param.map((text, index) => {
    const name = parseParam(text);
    return { param: name, values: parseValues(name, values[index] ?? '') };
  });
  if (parsed.length === 2 && parsed[0]?.param === parsed[1]?.param)
    throw new XunjieError(
      'bad_argument',
      `--param ${param[0]} is given twice; put all values into one --values`,
    );
  return parsed;
}

/** Truth files, a file of decisions, or what people decided in the case store. */
async function openJudge(
  options: SweepOptions,
  engines: DataEngines,
  timeZone: string,
  logger: Logger,
): Promise<Judge> {
  const { truth, decisions, early = null, alpha = null } = options;
  if (truth !== undefined && decisions !== undefined)
    throw new XunjieError('bad_argument', 'give --truth or --decisions, not both');
  if (truth !== undefined)
    return { kind: 'truth', truths: await readTruths(truth), options: { earlyMs: early, alpha, timeZone } };
  const decided =
    decisions !== undefined
      ? await readDecisions(decisions)
      : (await listDecisions(await engines.databaseUrl(), logger)).map(toDecisionLine).map(toDecidedStay);
  if (decided.length === 0)
    throw new XunjieError(
      'not_found',
      'nobody has decided on a candidate yet; give --truth for footage that was marked',
    );
  return { kind: 'decisions', decided, alpha };
}

function toJson({ params, rows, best, current, judge, notes }: ReturnType<typeof toSweepResult>) {
  return {
    params,
    rows: rows.map(({ trial, figures, raised, unreviewed }) => ({
      ...Object.fromEntries(trial.map(({ param, value }) => [param, value.text])),
      ...figures,
      raised,
      ...(unreviewed !== null && { unreviewed }),
    })),
    best: best === null ? null : rows[best]?.trial.map(({ param, value }) => ({ param, value: value.text })),
    current,
    judge,
    notes,
  };
}

async function write(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw new XunjieError('data_folder_unwritable', `cannot write ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  });
}
