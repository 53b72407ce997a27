import path from 'node:path';
import type { CardWishes } from './card-wishes.ts';
import { coco91Labels } from './coco-labels.ts';
import type { Head, ModelCard } from './model-card.ts';
import type { ModelFacts } from './model-facts.ts';
import type { Reading } from './reading.ts';

type Habit = Pick<ModelCard['input'], 'colour' | 'scale' | 'padding'>;

/** How the programs that train these models prepare a picture. */
const habits: Readonly<Record<Head, Habit>> = {
  yolox: { colour: 'bgr', scale: '0-255', padding: { value: 114, align: 'top-left' } },
  yolov5: { colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
  yolov8: { colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
  'yolo-e2e': { colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
  detr: { colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'stretch' } },
};

/** Mean and deviation of ImageNet's red, green and blue, which vision backbones are trained with (torchvision). */
export const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;

/** DETRs whose backbones were trained with those, by name. */
const meanDetrs =
  /dinov3|rf-?detr|lw-?detr|(?:deformable|conditional|dab|dino)[-_]?detr|yolos|deimv2_[smlx]\b/i;

/** How pictures have to be prepared, and why that is thought. */
export function guessInput(
  facts: ModelFacts,
  reading: Reading,
  file: string,
  wishes: CardWishes,
): { input: ModelCard['input']; reasons: string[] } {
  const { inputWidth: width, inputHeight: height } = facts;
  const habit = toHabit(facts, reading, file);
  const scale =
    wishes.scale ?? (wishes.mean === undefined && wishes.std === undefined ? habit.scale : 'mean-std');
  const input: ModelCard['input'] = {
    width,
    height,
    colour: wishes.colour ?? habit.colour,
    scale,
    ...(scale === 'mean-std' && {
      mean: [...(wishes.mean ?? imageNet.mean)],
      std: [...(wishes.std ?? imageNet.std)],
    }),
    padding: { ...habit.padding, align: wishes.padding ?? habit.padding.align },
  };
  return { input, reasons: [...describeSize(facts), describeInput(input, habit.why, wishes)] };
}

function toHabit(facts: ModelFacts, reading: Reading, file: string): Habit & { why: string } {
  const { head, layout, labelCount, hasSpareScore } = reading;
  const habit = habits[head];
  const type = facts.picture?.type;
  if (type === 'uint8' || type === 'int8')
    return {
      ...habit,
      scale: '0-255',
      why: `the input holds ${type}; colour and place as ${head} models usually want them`,
    };
  if (reading.prepared !== undefined) {
    const { colour = habit.colour, scale = habit.scale, align = habit.padding.align, why } = reading.prepared;
    return { colour, scale, padding: { ...habit.padding, align }, why };
  }
  if (layout?.order === 'class-score-xyxy')
    return {
      ...habit,
      padding: { ...habit.padding, align: 'stretch' },
      why: 'as PaddleDetection prepares them',
    };
  const isOtherDetr =
    (labelCount !== null && labelCount === coco91Labels.length) || layout?.scores === 'softmax';
  const family = facts.metadata['model_family'] ?? '';
  const named = [path.basename(file), family].find((name) => meanDetrs.test(name));
  if (head === 'detr' && (isOtherDetr || hasSpareScore || named !== undefined))
    return {
      ...habit,
      scale: 'mean-std',
      why:
        named === undefined
          ? 'as RF-DETR and the first DETR, which have such class scores, want them'
          : named === family
            ? `as ${family}, which the file names as its family, wants them`
            : 'as the name of the file suggests',
    };
  if (facts.metadata['letterbox_pad'] === 'topleft')
    return {
      ...habit,
      padding: { ...habit.padding, align: 'top-left' },
      why: `as ${head} models usually want them, but for the place, which the file says`,
    };
  return { ...habit, why: `as ${head} models usually want them; the file does not say` };
}

function describeSize({ inputWidth, inputHeight, sizeFrom }: ModelFacts): string[] {
  const size = `input ${inputWidth}x${inputHeight}`;
  switch (sizeFrom) {
    case 'the file':
      return [];
    case 'its metadata':
      return [`${size}: the file leaves the size open; its metadata names this one (other: --size)`];
    case 'you':
      return [`${size}: the file leaves the size open, and you said so`];
    case 'nobody':
      return [`${size}: the file leaves the size open and names none; this is the usual one (other: --size)`];
    default:
      return sizeFrom satisfies never;
  }
}

const places: Readonly<Record<ModelCard['input']['padding']['align'], string>> = {
  'top-left': 'at the right and bottom',
  centre: 'on both sides',
  stretch: '',
};

function describeInput(input: ModelCard['input'], why: string, wishes: CardWishes): string {
  const { colour, scale, mean = [], std = [], padding } = input;
  const place =
    padding.align === 'stretch'
      ? 'stretched to the whole input'
      : `padded with ${padding.value} ${places[padding.align]}`;
  const numbers = scale === 'mean-std' ? ` (mean ${mean.join(', ')}; std ${std.join(', ')})` : '';
  const said = [wishes.colour && 'colour', wishes.scale && 'scale', wishes.padding && 'padding'].filter(
    Boolean,
  );
  const source =
    said.length === 3
      ? 'as you said'
      : `assumed, ${why}${said.length > 0 ? ` (${said.join(' and ')} as you said)` : ''}`;
  return `input ${colour.toUpperCase()} ${scale}${numbers}, ${place}: ${source} (other: --colour, --scale, --padding)`;
}
