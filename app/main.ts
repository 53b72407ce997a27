import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { parseProviders, providers } from '../detector/mod.ts';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { redact } from '../platform/mod.ts';
import { addCustodyCommands } from './commands/custody.ts';
import { defineLog, defineReplay, defineSweep } from './commands/define-replay.ts';
import { type DemoScoreOptions, scoreDemo } from './commands/demo-score.ts';
import { addKeyCommands } from './commands/keys.ts';
import { defineModels } from './commands/models-define.ts';
import { addMotCommands } from './commands/mot-commands.ts';
import { type RunOptions, runClip } from './commands/run.ts';
import { addSceneCommands } from './commands/scene-commands.ts';
import { type StartOptions, start } from './commands/start.ts';
import { defineTuningSet } from './commands/tuning-set.ts';
import { type VerifyCommandOptions, verify } from './commands/verify.ts';

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
    .option('--model <model>', 'installed model, card or ONNX file; default: the one of models list')
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
    .option('--model <model>', 'installed model, card or ONNX file; default: the one of models list')
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
    .command('demo-score')
    .description("run the demo town's clips and score what is raised and held against their truth")
    .option('--model <file>', 'model card or ONNX file; default: as npm start takes it')
    .addOption(dataOption())
    .addOption(logOption())
    .action(async (options: DemoScoreOptions) => {
      code = await scoreDemo(options, print);
    });
  program
    .command('verify')
    .description('check an evidence package and name the first thing that is wrong')
    .argument('<package>', 'folder with manifest.json')
    .option('--key <id>', 'the key it must be signed with')
    .option('--keys <folder>', 'public keys one of which must have signed it before it was retired')
    .option('--tsa-ca <file>', 'certificates (PEM) one of which must have issued that of the time stamp')
    .option('--log <file>', 'exported custody log, which must be whole and tell of the package')
    .option('--root <hash>', 'a Merkle root, or hash of one, that the log must have: as it was published')
    .action(async (dir: string, options: VerifyCommandOptions) => {
      code = await verify(dir, options, print);
    });
  const setCode = (value: number): void => {
    code = value;
  };
  const tools = { print, setCode, dataOption, logOption };
  defineReplay(program, tools);
  defineSweep(program, tools);
  defineLog(program, tools);
  defineTuningSet(program, tools);
  defineModels(program, { ...tools, workersOption, providerOption });
  addCustodyCommands(program, tools);
  addKeyCommands(program, print, dataOption);
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

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new InvalidArgumentError('a port from 0 to 65535');
  return port;
}
