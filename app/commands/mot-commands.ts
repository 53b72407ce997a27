import { type Command, InvalidArgumentError, Option } from 'commander';
import { objectClasses } from '../../domain/mod.ts';
import { parseSize } from '../../models/mod.ts';
import { clearConventions, truthFormats } from '../../rules/mot/mod.ts';
import { evaluateMotFiles, type MotEvalOptions } from './mot-eval.ts';
import { type MotTrackOptions, trackMotFile } from './mot-track.ts';

/** Adds the commands about tracks in MOTChallenge files. `finish` takes the exit code. */
export function addMotCommands(
  program: Command,
  print: (line: string) => void,
  finish: (code: number) => void,
): void {
  program
    .command('mot-eval')
    .description('measure tracks against ground truth, both in MOTChallenge files: MOTA, IDF1, HOTA and more')
    .argument('<truth>', 'gt.txt: frame,id,left,top,width,height,counts(0 or 1)[,class,visibility]')
    .argument('<tracks>', 'frame,id,left,top,width,height,...')
    .option('--json', 'print one JSON object', false)
    .addOption(
      new Option(
        '--format <name>',
        'how the truth is written (default: mot16 where it has nine columns with classes, else mot15)',
      ).choices(truthFormats),
    )
    .addOption(
      new Option('--classes <list>', 'classes of the truth that count (default 1, pedestrians)').argParser(
        parseClasses,
      ),
    )
    .addOption(
      new Option('--clear <name>', 'whose reading of CLEAR MOT is followed where they differ')
        .choices(clearConventions)
        .default('motmetrics'),
    )
    .action(async (truth: string, tracks: string, options: MotEvalOptions) => {
      finish(await evaluateMotFiles(truth, tracks, options, print));
    });
  program
    .command('track')
    .description('run the tracker on recorded detections and write its tracks as a MOTChallenge file')
    .argument('<detections>', 'det.txt: frame,-1,left,top,width,height,confidence,...')
    .requiredOption('--out <file>', 'where the tracks go')
    .addOption(
      new Option('--fps <n>', "frames per second (default: seqinfo.ini's, else 25)").argParser(parseRate),
    )
    .addOption(
      new Option('--score <s>', 'lowest confidence that is used, as the file writes it').argParser(
        parseNumber,
      ),
    )
    .addOption(
      new Option(
        '--size <WxH>',
        "size of the picture (default: seqinfo.ini's, else the boxes' extent)",
      ).argParser(parseSize),
    )
    .addOption(new Option('--class <class>', 'what was detected').choices(objectClasses).default('person'))
    .option('--interpolate', 'fill the gaps of tracks in straight lines', false)
    .action(async (file: string, options: MotTrackOptions) => {
      finish(await trackMotFile(file, options, print));
    });
}

function parseClasses(text: string): number[] {
  const classes = text.split(',').map((part) => (/^\s*\d+\s*$/.test(part) ? Number(part) : Number.NaN));
  if (classes.some((one) => !(one >= 1 && one <= 1000)))
    throw new InvalidArgumentError('class numbers from 1, such as 1 or 1,7');
  return classes;
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate <= 1000)) throw new InvalidArgumentError('a number above 0, such as 25 or 0.5');
  return rate;
}

function parseNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number)) throw new InvalidArgumentError('a number');
  return number;
}
