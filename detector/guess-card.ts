import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import type { CardWishes } from './card-wishes.ts';
import { drawStreet } from './draw-street.ts';
import { guessHead } from './guess-head.ts';
import { guessInput } from './guess-input.ts';
import { findNames, guessLabels } from './guess-labels.ts';
import { hashFile } from './hash-file.ts';
import { type InspectRequest, inspectModel } from './inspect-model.ts';
import { mapLabels } from './label-map.ts';
import type { Head, Layout, ModelCard } from './model-card.ts';
import type { ModelFacts } from './model-facts.ts';
import type { Picture } from './picture.ts';
import type { Reading } from './reading.ts';

/** Models that choose their boxes themselves still report one thing under two labels of one class. */
const nmsIous: Readonly<Record<Head, number>> = {
  yolox: 0.45,
  yolov5: 0.45,
  yolov8: 0.45,
  'yolo-e2e': 0.9,
  detr: 0.9,
};
const minScore = 0.1;

/**
 * Writes the card of a bare ONNX file from what the file itself tells and what a person says of it.
 * `guesses` says in plain sentences what was worked out or assumed, for a person to check. `inspect` looks into the file,
 * in a worker thread unless told otherwise.
 * @throws XunjieError `model_missing`, `model_not_understood`, `model_failed`, `bad_argument` (a wish that cannot be).
 */
export async function guessCard(
  weightsPath: string,
  wishes: CardWishes = {},
  picture: Picture = drawStreet(640, 360),
  inspect: (request: InspectRequest) => Promise<ModelFacts> = inspectModel,
): Promise<{ card: ModelCard; guesses: string[] }> {
  const sha256 = await hashFile(weightsPath);
  const facts = await inspect({ weightsPath, size: wishes.size ?? null, picture });
  const names = findNames(facts, wishes.labels);
  const reading = guessHead(facts, weightsPath, names?.labels.length ?? null, wishes);
  const { labels, source } = guessLabels(facts, reading, names, weightsPath);
  const { input, reasons } = guessInput(facts, reading, weightsPath, wishes);
  if (wishes.size !== undefined) refuseOtherSize(weightsPath, input, wishes.size);
  const classMap = toClassMap(labels, wishes, weightsPath);
  const licence = wishes.licence ?? facts.metadata['license'] ?? 'unknown';
  const layout = toLayout(reading, wishes, weightsPath);
  const card: ModelCard = {
    name: toName(weightsPath),
    file: path.basename(weightsPath),
    sha256,
    licence,
    head: reading.head,
    ...(reading.decoded !== undefined && { decoded: reading.decoded }),
    ...(layout !== undefined && { layout }),
    input,
    labels: [...labels],
    classMap,
    thresholds: { score: minScore, nmsIou: nmsIous[reading.head] },
  };
  return {
    card,
    guesses: [
      `head ${card.head}: ${reading.reason}${wishes.head === undefined ? '' : ' (as you said)'}`,
      ...reasons,
      `labels: ${source}`,
      `classes: ${Object.entries(classMap)
        .map(([label, name]) => (label === name ? label : `${label} as ${name}`))
        .join(
          ', ',
        )}; ${labels.length - Object.keys(classMap).length} other labels ignored (change: --map LABEL=CLASS)`,
      `thresholds: score ${card.thresholds.score}, NMS IoU ${card.thresholds.nmsIou} (usual with this head; change them in the card)`,
      describeLicence(licence, wishes),
    ],
  };
}

function describeLicence(licence: string, wishes: CardWishes): string {
  if (wishes.licence !== undefined) return `licence: "${licence}", as you said`;
  return licence === 'unknown'
    ? 'licence: unknown; find out and say it with --licence, or write it into the card'
    : `licence: "${licence}", as the file says`;
}

function toLayout(reading: Reading, wishes: CardWishes, file: string): Layout | undefined {
  const isRaw = reading.head === 'yolov5' && reading.decoded === false;
  if (isRaw && wishes.anchors === undefined)
    throw new XunjieError(
      'model_not_understood',
      `${file}: ${reading.reason}; the file does not hold the anchors that boxes are sized by, and wrong ones give wrong boxes: export the model with its last layer, or say --anchors yolov5, yolov5-p6, yolov7 (as published) or the numbers`,
    );
  if (!isRaw && wishes.anchors !== undefined)
    throw new XunjieError('bad_argument', `${file}: needs no anchors: ${reading.reason}`);
  return wishes.anchors === undefined
    ? reading.layout
    : { ...reading.layout, anchors: wishes.anchors.map((each) => [...each]) };
}

function toClassMap(labels: readonly string[], wishes: CardWishes, file: string): ModelCard['classMap'] {
  const map = mapLabels(labels);
  for (const [label, name] of Object.entries(wishes.classMap ?? {})) {
    if (!labels.includes(label))
      throw new XunjieError(
        'bad_argument',
        `${file}: --map ${label}: no such label; it has ${labels.slice(0, 20).join(', ')}${labels.length > 20 ? ', ...' : ''}`,
      );
    if (name === null) delete map[label];
    else map[label] = name;
  }
  if (Object.keys(map).length === 0)
    throw new XunjieError(
      'model_not_understood',
      `${file}: none of its labels (${labels.slice(0, 10).join(', ')}) is known; say what they are with --map LABEL=CLASS, or write a card with a classMap beside it`,
    );
  return map;
}

function refuseOtherSize(
  file: string,
  { width, height }: ModelCard['input'],
  [wishedWidth, wishedHeight]: readonly [number, number],
): void {
  if (width !== wishedWidth || height !== wishedHeight)
    throw new XunjieError(
      'bad_argument',
      `${file}: --size ${wishedWidth}x${wishedHeight}: the file fixes its input at ${width}x${height}`,
    );
}

function toName(weightsPath: string): string {
  const cleaned = path.basename(weightsPath, path.extname(weightsPath)).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return cleaned.replace(/^[^A-Za-z0-9]+/, '').slice(0, 100) || 'model';
}
