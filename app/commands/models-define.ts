import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { heads } from '../../detector/mod.ts';
import { type EvalModelOptions, evalModel } from './eval-model.ts';
import { type AddModelCommand, addModelFile } from './models.ts';
import { type CompareCommand, compareNamedModels } from './models-compare.ts';
import { type ListOptions, listInstalledModels, setDefaultModel } from './models-list.ts';
import { type PullCommand, pullNamedModel } from './models-pull.ts';
import { type QuantizeCommand, quantizeNamedModel } from './models-quantize.ts';
import { showModel } from './models-show.ts';

interface Tools {
  readonly print: (line: string) => void;
  readonly setCode: (code: number) => void;
  readonly dataOption: () => Option;
  readonly workersOption: () => Option;
  readonly providerOption: () => Option;
}

/** `xunjie models ...`. */
export function defineModels(program: Command, tools: Tools): void {
  const models = program.command('models').description('models that find things in pictures');
  defineAdd(models, tools);
  defineKeeping(models, tools);
  defineEval(models, tools);
  defineCompare(models, tools);
  defineQuantize(models, tools);
}

function defineAdd(models: Command, { print, setCode, dataOption }: Tools): void {
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
      setCode(await addModelFile(file, options, print));
    });
}

function defineKeeping(models: Command, { print, setCode, dataOption }: Tools): void {
  models
    .command('pull')
    .description('fetch a published model by name; without one, list the catalogue')
    .argument('[name]', 'such as yolox-s')
    .option('--url <url>', 'take it from there: https, http, or file: with the file or its folder')
    .option('--name <name>', 'its name here; default: the same')
    .addOption(dataOption())
    .action(async (name: string | undefined, options: PullCommand) => {
      setCode(await pullNamedModel(name, options, print));
    });
  models
    .command('list')
    .description('what is installed, and which runs where none is named')
    .option('--json', 'print one JSON object', false)
    .addOption(dataOption())
    .action(async (options: ListOptions) => {
      setCode(await listInstalledModels(options, print));
    });
  models
    .command('show')
    .description('the card of a model in words, and whether its file is the right one')
    .argument('<name>', 'installed model')
    .option('--json', 'print one JSON object', false)
    .addOption(dataOption())
    .action(async (name: string, options: { data: string; json: boolean }) => {
      setCode(await showModel(name, options, print));
    });
  models
    .command('set-default')
    .description('choose the model that runs where none is named')
    .argument('[name]', 'installed model')
    .option('--none', 'take the choice back', false)
    .addOption(dataOption())
    .action(async (name: string | undefined, options: { data: string; none: boolean }) => {
      setCode(await setDefaultModel(name, options, print));
    });
}

function defineEval(
  models: Command,
  { print, setCode, dataOption, providerOption, workersOption }: Tools,
): void {
  models
    .command('eval')
    .description('measure a model on marked pictures: COCO AP, best thresholds, worst mistakes')
    .argument('<model>', 'installed model, card or ONNX file')
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
    .addOption(dataOption())
    .addOption(providerOption())
    .addOption(workersOption().default(availableParallelism()))
    .action(async (file: string, options: EvalModelOptions) => {
      setCode(await evalModel(file, options, print));
    });
}

function defineCompare(models: Command, { print, setCode, dataOption }: Tools): void {
  models
    .command('compare')
    .description('the same marked pictures through two models or more: AP, time and agreement side by side')
    .argument('<models...>', 'installed models, cards or ONNX files')
    .option('--coco <folder>', 'pictures with instances*.json, or that file')
    .option('--yolo <folder>', 'images/, labels/ and classes.txt or data.yaml')
    .addOption(new Option('--limit <n>', 'only the first n pictures').argParser(parseLimit))
    .option('--json', 'print one JSON object', false)
    .addOption(dataOption())
    .action(async (names: string[], options: CompareCommand) => {
      setCode(await compareNamedModels(names, options, print));
    });
}

function defineQuantize(models: Command, { print, setCode, dataOption }: Tools): void {
  models
    .command('quantize')
    .description('write an int8 version of a model, and measure what it loses and gains')
    .argument('<model>', 'installed model, card or ONNX file; float32')
    .option('--pictures <folder>', 'pictures to take the ranges of values from (at most 64 are used)')
    .option('--coco <folder>', 'marked pictures to measure the loss on: instances*.json')
    .option('--yolo <folder>', 'the same: images/, labels/ and classes.txt or data.yaml')
    .addOption(new Option('--limit <n>', 'measure on the first n pictures').argParser(parseLimit))
    .option('--name <name>', "name of the new model; default: the model's with -int8")
    .option('--json', 'print one JSON object', false)
    .addOption(dataOption())
    .action(async (name: string, options: QuantizeCommand) => {
      setCode(await quantizeNamedModel(name, options, print));
    });
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
