import { availableParallelism } from 'node:os';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { heads, parseProviders, providers } from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { redact } from '../platform/mod.ts';
import { defineLog, defineReplay, defineSweep } from './commands/define-replay.ts';
import { type EvalModelOptions, evalModel } from './commands/eval-model.ts';
import { type AddModelCommand, addModelFile, listInstalledModels } from './commands/models.ts';
import { addMotCommands } from './commands/mot-commands.ts';
import { type RunOptions, runClip } from './commands/run.ts';
import { addSceneCommands } from './commands/scene-commands.ts';
import { type StartOptions, start } from './commands/start.ts';
import { verify } from './commands/verify.ts';

/** A user's mistake or a machine that lacks something. */
const refusedCode = 2;

/** Where a command's lines go. */
export interface CommandOutput {
  print(line: string): void;
  printError(line: string): void;
}

const terminal: CommandOutput = {
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
};

/** Runs the process's command line (without node and script) and leaves its exit code. */
export async function main(args: readonly string[]): Promise<void> {
  process.stdout.on('error', () => process.emit('SIGTERM')); // who read our lines has gone: stop in order
  process.exitCode = await runCommand(args, terminal);
}

/** Runs one command line and returns its exit code. Expected errors are one line; nothing is thrown. */
export async function runCommand(args: readonly string[], output: CommandOutput): Promise<number> {
  try {
    return await parseAndRun(args, output);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : refusedCode; // it has printed its own line
    const text =
      error instanceof XunjieError
        ? error.message
        : `unexpected: ${error instanceof Error ? error.stack : toMessage(error)}`;
    output.printError(`xunjie: ${redact(text)}`);
    return error instanceof XunjieError && error.status < 500 ? refusedCode : 1;
  }
}

async function parseAndRun(args: readonly string[], output: CommandOutput): Promise<number> {
  let code = 0;
  const print = (line: string): void => output.print(line);
  const program = new Command('xunjie')
    .description('Watches roadside cameras for offences against street order')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => output.printError(text.trimEnd()),
    });
  const dataOption = () => new Option('--data <folder>', 'where everything is kept').default('.xunjie');
  const logOption = () =>
    new Option('--log-level <level>', 'what is logged to stderr')
      .choices(['debug', 'info', 'warn', 'error', 'silent'])
      .default('warn');
  const workersOption = () =>
    new Option('--workers <n>', 'detector threads (default: one per core but one)').argParser(parseCount);
  const providerOption = () =>
    new Option(
      '--provider <list>',
      `what may run the model, in the order of preference (${providers.join(', ')}); without cpu in it nothing else will do`,
    ).argParser((text) => parseProviders(text, '--provider'));

  program
    .command('start')
    .description('run the program: the demo town, or the cameras of a configuration file')
    .addOption(dataOption())
    .option('--config <file>', 'cameras and settings (YAML); without it the demo town runs')
    .option('--roles <list>', 'camera, rules, console', 'camera,rules,console')
    .addOption(
      new Option(
        '--shards <list>',
        'rules: the part of the cameras that this process may fold, e.g. 0-31 (default: all 64 shards)',
      ).env('XUNJIE_SHARDS'),
    )
    .option('--model <file>', 'model card or ONNX file')
    .addOption(new Option('--port <n>', "the console's port (default 8080)").argParser(parsePort))
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--exit-when-done', 'end when the clips are through, with a table of what was found', false)
    .option(
      '--demo-accounts',
      'with --config too: make accounts by post, all with one password that is printed',
      false,
    )
    .option('--again', 'read clips once more that were read through before', false)
    .addOption(providerOption())
    .addOption(workersOption())
    .addOption(logOption())
    .action(async (options: StartOptions) => {
      code = await start(options, print);
    });
  program
    .command('run')
    .description('read one clip, folder of stills or stream and print the candidates in it')
    .argument('<clip>', 'video file, folder of stills, or URL (rtsp, rtsps, http, https)')
    .requiredOption('--scene <file>', 'zones and rules (YAML)')
    .option('--model <file>', 'model card or ONNX file; default: an installed model')
    .option('--out <folder>', 'where the evidence packages go', 'xunjie-out')
    .addOption(dataOption())
    .option('--times <file>', 'stills: CSV with file and time; default: the times are in the names')
    .option('--time-zone <zone>', 'stills: zone of times without one (default Asia/Shanghai)')
    .addOption(
      new Option('--transport <name>', 'rtsp: how packets come (default tcp)').choices(['tcp', 'udp']),
    )
    .option('--log <file>', 'write the detections as JSONL (.jsonl or .jsonl.gz), for xunjie replay')
    .option('--json', 'print one JSON object', false)
    .addOption(providerOption())
    .addOption(workersOption())
    .addOption(logOption())
    .action(async (clip: string, options: RunOptions) => {
      code = await runClip(clip, options, print);
    });
  program
    .command('verify')
    .description('check an evidence package and name the first thing that is wrong')
    .argument('<package>', 'folder with manifest.json')
    .option('--key <id>', 'the key it must be signed with')
    .action(async (dir: string, options: { key?: string }) => {
      code = await verify(dir, options, print);
    });
  const setCode = (value: number): void => {
    code = value;
  };
  const tools = { print, setCode, dataOption, logOption };
  defineReplay(program, tools);
  defineSweep(program, tools);
  defineLog(program, tools);
  const models = program.command('models').description('models that find things in pictures');
  models
    .command('add')
    .description('take a model into the data folder, working out its head')
    .argument('<file>', 'ONNX file')
    .option('--name <name>', "default: the file's name")
    .option('--labels <file>', 'names of its classes: a line each, or YAML')
    .option(
      '--map <label=class>',
      'class of a label that is not known by name (repeatable); LABEL= leaves it out',
      (mapping: string, before: readonly string[]) => [...before, mapping],
      [],
    )
    .option('--licence <licence>', 'licence of the weights')
    .option('--picture <file>', 'picture for the self-check; default: a rendered street')
    .addOption(new Option('--head <head>', 'layout of the output').choices(heads))
    .addOption(new Option('--layout <layout>', 'yolov8: a box is a ...').choices(['columns', 'rows']))
    .addOption(new Option('--colour <order>', 'colour order it wants').choices(['rgb', 'bgr']))
    .addOption(
      new Option('--scale <range>', 'range of values it wants').choices(['0-1', '0-255', 'mean-std']),
    )
    .option('--mean <r,g,b>', "with mean-std; default: ImageNet's")
    .option('--std <r,g,b>', "with mean-std; default: ImageNet's")
    .addOption(
      new Option('--padding <place>', 'place of the picture in its input').choices([
        'centre',
        'top-left',
        'stretch',
      ]),
    )
    .option('--size <WxH>', 'size of its input, where the file leaves it open')
    .option('--anchors <anchors>', 'yolov5 without its last layer: yolov5, yolov5-p6, yolov7 or numbers')
    .addOption(dataOption())
    .action(async (file: string, options: AddModelCommand) => {
      code = await addModelFile(file, options, print);
    });
  models
    .command('list')
    .description('what is installed')
    .addOption(dataOption())
    .action(async (options: { data: string }) => {
      code = await listInstalledModels(options, print);
    });
  models
    .command('eval')
    .description('measure a model on marked pictures: COCO AP, best thresholds, worst mistakes')
    .argument('<model>', 'model card or ONNX file')
    .option('--coco <folder>', 'pictures with instances*.json, or that file')
    .option('--yolo <folder>', 'images/, labels/ and classes.txt or data.yaml')
    .option('--report <folder>', 'where the HTML report goes', 'xunjie-eval')
    .option('--no-report', 'write none')
    .option('--json', 'print one JSON object', false)
    .addOption(new Option('--limit <n>', 'only the first n pictures').argParser(parseLimit))
    .option('--allow-missing', 'leave out pictures that are missing or broken', false)
    .addOption(
      new Option(
        '--score <s>',
        "lowest score that is evaluated (default: as the model's family does)",
      ).argParser(parseShare),
    )
    .addOption(
      new Option(
        '--nms-iou <s>',
        'boxes of one class that overlap more are one thing (default: the same)',
      ).argParser(parseShare),
    )
    .addOption(providerOption())
    .addOption(workersOption().default(availableParallelism()))
    .action(async (file: string, options: EvalModelOptions) => {
      code = await evalModel(file, options, print);
    });
  addMotCommands(program, print, setCode);
  addSceneCommands(program, print, setCode);
  await program.parseAsync([...args], { from: 'user' });
  return code;
}

function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > 256)
    throw new InvalidArgumentError('a whole number from 1 to 256');
  return count;
}

function parseLimit(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('a whole number of 1 or more');
  return count;
}

function parseShare(text: string): number {
  const share = Number(text);
  if (text.trim() === '' || !(share >= 0 && share <= 1))
    throw new InvalidArgumentError('a number from 0 to 1');
  return share;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535');
  return port;
}
