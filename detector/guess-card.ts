import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import { cocoLabels } from './coco-labels.ts';
import { guessHead, type HeadGuess } from './guess-head.ts';
import { hashFile } from './hash-file.ts';
import { inspectModel } from './inspect-model.ts';
import { mapLabels } from './label-map.ts';
import type { Head, ModelCard } from './model-card.ts';
import type { ModelFacts } from './model-facts.ts';
import { parsePythonNames } from './python-names.ts';

const defaultThresholds = { score: 0.1, nmsIou: 0.45 };

/**
 * Writes the card of a bare ONNX file from what the file itself tells.
 * `guesses` says in plain sentences what was worked out or assumed, for a person to check.
 * @throws XunjieError `model_missing`, `model_not_understood`, `model_failed`.
 */
export async function guessCard(weightsPath: string): Promise<{ card: ModelCard; guesses: string[] }> {
  const sha256 = await hashFile(weightsPath);
  const facts = await inspectModel(weightsPath);
  const guess = guessHead(facts, weightsPath);
  const { labels, reason } = guessLabels(facts, guess, weightsPath);
  const classMap = mapLabels(labels);
  if (Object.keys(classMap).length === 0)
    throw new XunjieError(
      'model_not_understood',
      `${weightsPath}: none of its labels (${labels.slice(0, 10).join(', ')}) is known; write a card with a classMap beside it`,
    );
  const licence = facts.metadata['license'] ?? 'unknown';
  const card: ModelCard = {
    name: toName(weightsPath),
    file: path.basename(weightsPath),
    sha256,
    licence,
    head: guess.head,
    ...(guess.head === 'yolox' ? { decoded: guess.decoded } : {}),
    input: { width: facts.inputWidth, height: facts.inputHeight, ...inputHabits[guess.head] },
    labels,
    classMap,
    thresholds: defaultThresholds,
  };
  const { input } = card;
  return {
    card,
    guesses: [
      guess.reason,
      ...(facts.openInput
        ? [
            `input ${input.width}x${input.height}: the file leaves the size open${facts.metadata['imgsz'] ? '; its metadata names this one' : ' and names none'}`,
          ]
        : []),
      `input ${input.colour.toUpperCase()} ${input.scale}, padded with ${input.padding.value} ${input.padding.align === 'centre' ? 'on both sides' : 'at the right and bottom'}: assumed, as ${guess.head} models usually want it; the file does not say`,
      reason,
      `classes: ${Object.entries(classMap)
        .map(([label, name]) => (label === name ? label : `${label} as ${name}`))
        .join(', ')}; ${labels.length - Object.keys(classMap).length} other labels ignored`,
      `thresholds: score ${card.thresholds.score}, NMS IoU ${card.thresholds.nmsIou} (defaults)`,
      licence === 'unknown'
        ? 'licence: unknown; find out and write it into the card'
        : `licence: "${licence}", as the file says`,
    ],
  };
}

function guessLabels(
  facts: ModelFacts,
  guess: HeadGuess,
  file: string,
): { labels: string[]; reason: string } {
  const embedded = facts.metadata['names'];
  const names = embedded === undefined ? null : parsePythonNames(embedded);
  if (names !== null && names.length === guess.labelCount)
    return { labels: names, reason: `labels: ${names.length} names embedded in the file` };
  if (guess.labelCount === cocoLabels.length)
    return {
      labels: [...cocoLabels],
      reason: "labels: COCO's 80, because the file names none and their number fits",
    };
  throw new XunjieError(
    'model_not_understood',
    `${file}: ${guess.labelCount} classes without names${names === null ? '' : ` (${names.length} names embedded)`}; write a card with its labels beside it`,
  );
}

/** How the programs that train these models prepare a picture. */
const inputHabits: Readonly<Record<Head, Pick<ModelCard['input'], 'colour' | 'scale' | 'padding'>>> = {
  yolox: { colour: 'bgr', scale: '0-255', padding: { value: 114, align: 'top-left' } },
  yolov8: { colour: 'rgb', scale: '0-1', padding: { value: 114, align: 'centre' } },
};

function toName(weightsPath: string): string {
  const cleaned = path.basename(weightsPath, path.extname(weightsPath)).replaceAll(/[^A-Za-z0-9._-]+/g, '-');
  return cleaned.replace(/^[^A-Za-z0-9]+/, '').slice(0, 100) || 'model';
}
