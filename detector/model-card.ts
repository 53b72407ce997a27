import { type Static, Type } from 'typebox';
import { isObjectClass, type ObjectClass, objectClasses } from '../domain/mod.ts';

/** Output layouts that this program decodes. */
export const heads = ['yolox', 'yolov5', 'yolov8', 'yolo-e2e', 'detr'] as const;
export type Head = (typeof heads)[number];

const maxInputEdge = 4096;

const InputEdge = (what: string) =>
  Type.Integer({ minimum: 32, maximum: maxInputEdge, description: `${what} of the model's input, pixels` });

const Colours = (description: string) => Type.Array(Type.Number(), { minItems: 3, maxItems: 3, description });

const Input = Type.Object(
  {
    width: InputEdge('Width'),
    height: InputEdge('Height'),
    colour: Type.Enum(['rgb', 'bgr'], { description: 'Order of the colour planes' }),
    scale: Type.Enum(['0-1', '0-255', 'mean-std'], {
      description:
        'Range of the values the model was trained with; mean-std is (value of 0-1 minus mean) / std of its colour',
    }),
    mean: Type.Optional(Colours('With scale mean-std: mean of red, green and blue, 0-1')),
    std: Type.Optional(Colours('With scale mean-std: deviation of red, green and blue, 0-1')),
    padding: Type.Object(
      {
        value: Type.Integer({ minimum: 0, maximum: 255, description: 'Grey level of the padding, 0-255' }),
        align: Type.Enum(['top-left', 'centre', 'stretch'], {
          description:
            'Where the picture lies inside the input; stretch fills it all and gives its proportions up',
        }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false, description: 'How a picture becomes the input tensor 1x3xHxW' },
);

/** Orders in which exporters write the six or seven numbers of a box that the model selected itself. */
export const rowOrders = [
  'xyxy-score-class',
  'class-score-xyxy',
  'class-xyxy-score',
  'batch-xyxy-class-score',
  'batch-xyxy-score-class',
  'cxcywh-score-class',
] as const;

const Layout = Type.Object(
  {
    transposed: Type.Optional(
      Type.Boolean({ description: 'yolov8: a row per box, where most exports have a column per box' }),
    ),
    corners: Type.Optional(
      Type.Boolean({ description: 'yolov8: a box is its corners x1, y1, x2, y2, not its centre and size' }),
    ),
    normalised: Type.Optional(
      Type.Boolean({ description: 'Boxes are 0-1 of the input instead of input pixels' }),
    ),
    order: Type.Optional(
      Type.Enum([...rowOrders], {
        description: "yolo-e2e, detr: order of a selected box's numbers; default xyxy-score-class",
      }),
    ),
    scores: Type.Optional(
      Type.Enum(['sigmoid', 'softmax'], {
        description:
          'detr: what turns the class scores into probabilities; left out when they are some already',
      }),
    ),
    targetSize: Type.Optional(
      Type.Enum(['width-height', 'height-width'], {
        description: 'detr: order of the two numbers in orig_target_sizes; default width-height',
      }),
    ),
    anchors: Type.Optional(
      Type.Array(Type.Array(Type.Number({ exclusiveMinimum: 0 }), { minItems: 2, maxItems: 20 }), {
        minItems: 1,
        maxItems: 5,
        description:
          'yolov5 with decoded false: widths and heights of the anchors in input pixels (w, h, w, h, ...), a list per stride from the finest',
      }),
    ),
  },
  { additionalProperties: false, description: 'What varies between exports of one head' },
);

const Fraction = (description: string) => Type.Number({ minimum: 0, maximum: 1, description });

/** `models/<name>.json`: everything the detector must know about a file of weights. */
export const ModelCard = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$',
      description: 'Name in lists, logs and evidence',
    }),
    file: Type.String({ minLength: 1, description: 'The ONNX file, relative to the card' }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the file, lower-case hex' }),
    licence: Type.String({ minLength: 1, description: 'SPDX identifier or the words of the licence' }),
    source: Type.Optional(Type.String({ description: 'Where the weights come from' })),
    head: Type.Enum([...heads], { description: 'Layout of the output' }),
    decoded: Type.Optional(
      Type.Boolean({
        description:
          'yolox, yolov5: boxes leave the model in input pixels (true) or as raw grid values (false)',
      }),
    ),
    layout: Type.Optional(Layout),
    input: Input,
    labels: Type.Array(Type.String({ minLength: 1 }), {
      minItems: 1,
      maxItems: 10_000,
      description: "The model's own labels, in the order of its class scores",
    }),
    classMap: Type.Record(Type.String(), Type.String(), {
      description: `Label to Xunjie class (${objectClasses.join(', ')}); labels left out are ignored`,
    }),
    thresholds: Type.Object(
      {
        score: Fraction('Lowest score reported; the tracker needs weak boxes too, so keep it near 0.1'),
        nmsIou: Fraction('Boxes of one class that overlap more than this are one thing'),
      },
      { additionalProperties: false },
    ),
    metrics: Type.Optional(
      Type.Record(Type.String(), Type.Number(), { description: 'Measured figures, e.g. ap50_95' }),
    ),
    notes: Type.Optional(Type.String({ description: 'Anything a person should know' })),
  },
  { additionalProperties: false, description: 'Xunjie model card' },
);

type CardFile = Static<typeof ModelCard>;

export type Layout = Static<typeof Layout>;

export interface ModelCard extends Omit<CardFile, 'classMap' | 'head'> {
  readonly head: Head;
  readonly classMap: Readonly<Record<string, ObjectClass>>;
}

/** What the schema cannot say; empty when the card holds together. */
export function findCardContradictions(card: CardFile): { path: string[]; message: string }[] {
  const known = new Set(card.labels);
  const issues: { path: string[]; message: string }[] = [];
  if (known.size < card.labels.length) issues.push({ path: ['labels'], message: 'names a label twice' });
  issues.push(...findScaleContradictions(card.input), ...findAnchorContradictions(card));
  const entries = Object.entries(card.classMap);
  if (entries.length === 0)
    issues.push({ path: ['classMap'], message: 'maps no label, so nothing could be found' });
  for (const [label, name] of entries) {
    if (!known.has(label)) issues.push({ path: ['classMap', label], message: 'is none of the labels' });
    if (!isObjectClass(name))
      issues.push({
        path: ['classMap', label],
        message: `unknown class "${name}"; known: ${objectClasses.join(', ')}`,
      });
  }
  return issues;
}

function findScaleContradictions({
  scale,
  mean,
  std,
}: CardFile['input']): { path: string[]; message: string }[] {
  if (scale !== 'mean-std')
    return mean === undefined && std === undefined
      ? []
      : [{ path: ['input', 'scale'], message: `is ${scale}: mean and std belong to mean-std only` }];
  if (mean === undefined || std === undefined)
    return [{ path: ['input', 'scale'], message: 'is mean-std, but mean or std is missing' }];
  return std.every((each) => each > 0)
    ? []
    : [{ path: ['input', 'std'], message: 'must be above 0 for each colour' }];
}

function findAnchorContradictions(card: CardFile): { path: string[]; message: string }[] {
  const anchors = card.layout?.anchors;
  const isRawYolov5 = card.head === 'yolov5' && card.decoded === false;
  if (!isRawYolov5)
    return anchors === undefined
      ? []
      : [{ path: ['layout', 'anchors'], message: 'belong to head yolov5 with decoded false only' }];
  if (anchors === undefined)
    return [{ path: ['layout'], message: 'raw yolov5 maps cannot be read without their anchors' }];
  return anchors.every((each) => each.length % 2 === 0 && each.length === anchors[0]?.length)
    ? []
    : [{ path: ['layout', 'anchors'], message: 'need the same number of w, h pairs for each stride' }];
}
