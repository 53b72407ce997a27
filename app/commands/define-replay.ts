import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../domain/mod.ts';
import { sweepParams } from '../replay/sweep-values.ts';
import { type ExportOptions, exportLog } from './export-log.ts';
import { type ReplayOptions, replayLog } from './replay.ts';
import { type SweepOptions, sweepLog } from './sweep.ts';

export interface CommandTools {
  readonly print: (line: string) => void;
  readonly setCode: (code: number) => void;
  readonly dataOption: () => Option;
  readonly logOption: () => Option;
}

/** Options that say which recorded detections are meant. */
function addLogOptions(command: Command, { dataOption, logOption }: CommandTools): Command {
  return command
    .option(
      '--log <path>',
      'recorded detections: a JSONL file (.gz, .zst) or a folder of them; default: what the program recorded',
    )
    .option(
      '--from <time>',
      'capture time to begin at: ISO 8601, "2026-11-20 08:00" in the local zone, or -7d',
    )
    .option('--to <time>', 'capture time to end at')
    .option('--camera <id>', 'only this camera (repeatable)', addTo, [])
    .option('--start <time>', 'capture time of the beginning, for logs that only have times in the clip')
    .option('--sort <window>', 'put batches that came up to this much late in their place, e.g. 10s')
    .option(
      '--time-zone <zone>',
      "zone of times without an offset (default: the scene's, else Asia/Shanghai)",
    )
    .addOption(dataOption())
    .addOption(logOption());
}

const sceneOption = (): Option =>
  new Option(
    '--scene <path>',
    'scene file for all cameras, or a folder with <camera>.yaml; default: as the program has them',
  );
const earlyOption = (): Option =>
  new Option(
    '--early <duration>',
    'an alarm this much before the threshold is on time (default: one sample, 1s at most)',
  ).argParser(parseMs);
const alphaOption = (): Option =>
  new Option('--alpha <n>', 'recall bias of the second F1 (default 0.55)').argParser(parseBias);

/** `replay`: recorded detections under another scene. */
export function defineReplay(program: Command, tools: CommandTools): void {
  addLogOptions(
    program
      .command('replay')
      .description('fold recorded detections under a scene and print its candidates, or what is different'),
    tools,
  )
    .addOption(sceneOption())
    .option(
      '--diff <path>',
      'the scene (or folder) as it was before, or "current" for the program\'s: print what appears, vanishes and moves',
    )
    .option('--truth <path>', 'truth file, or a folder of *.truth.json: print precision, recall and delay')
    .addOption(earlyOption())
    .addOption(alphaOption())
    .option('--out <folder>', 'write replay.html there, with pictures')
    .option('--footage <path>', 'clip to take pictures from, or a folder with <camera>.mp4')
    .option('--json', 'print one JSON object', false)
    .action(async (options: ReplayOptions) => {
      tools.setCode(await replayLog(options, tools.print));
    });
}

/** `sweep`: precision, recall and delay over the values of a parameter. */
export function defineSweep(program: Command, tools: CommandTools): void {
  addLogOptions(
    program
      .command('sweep')
      .description('fold recorded detections once for each value of a parameter and score the candidates'),
    tools,
  )
    .addOption(sceneOption())
    .requiredOption(
      '--param <name>',
      `what is varied: ${sweepParams.join(', ')} (two make a grid)`,
      addTo,
      [],
    )
    .requiredOption(
      '--values <list>',
      'its values: 0.3,0.4,0.5 or from:to:step, e.g. 0.3:0.7:0.05 or 1m:5m:30s',
      addTo,
      [],
    )
    .option('--rule <id>', 'only in this rule (repeatable); default: in all', addTo, [])
    .option('--truth <path>', 'judge by a truth file, or a folder of *.truth.json')
    .option('--decisions <file>', 'judge by reviewed candidates in a file; default: those of the case store')
    .addOption(earlyOption())
    .addOption(alphaOption())
    .option('--csv <file>', 'write the figures as CSV')
    .option('--html <file>', 'write charts and figures as one HTML page')
    .option('--json', 'print one JSON object', false)
    .addOption(new Option('--workers <n>', 'threads (default: one per core)').argParser(parseThreads))
    .action(async (options: SweepOptions) => {
      tools.setCode(await sweepLog(options, tools.print));
    });
}

/** `log export`: what the program recorded, as files. */
export function defineLog(program: Command, { print, setCode, dataOption, logOption }: CommandTools): void {
  program
    .command('log')
    .description('recorded detections')
    .command('export')
    .description('write what the program recorded as JSONL, a file for each camera')
    .option(
      '--from <time>',
      'capture time to begin at: ISO 8601, "2026-11-20 08:00" in the local zone, or -7d',
    )
    .option('--to <time>', 'capture time to end at')
    .option('--camera <id>', 'only this camera (repeatable)', addTo, [])
    .option('--time-zone <zone>', 'zone of times without an offset (default: Asia/Shanghai)')
    .requiredOption('--out <folder>', 'where the files go')
    .option('--gzip', 'compress them', false)
    .option('--decisions', 'write what people decided on candidates too (decisions.jsonl)', false)
    .addOption(dataOption())
    .addOption(logOption())
    .action(async (options: ExportOptions) => {
      setCode(await exportLog(options, print));
    });
}

function addTo(word: string, before: readonly string[]): string[] {
  return [...before, word];
}

function parseMs(text: string): number {
  const ms = text === '0' ? 0 : parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('a duration such as 500ms, 10s or 5m');
  return ms;
}

function parseBias(text: string): number {
  const bias = Number(text);
  if (text.trim() === '' || !(bias > 0)) throw new InvalidArgumentError('a number above 0');
  return bias;
}

function parseThreads(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw new InvalidArgumentError('a whole number from 1 to 256');
  return count;
}
