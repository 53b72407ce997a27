import { XunjieError } from '../domain/mod.ts';
import { countCells } from './grid.ts';
import type { Head } from './model-card.ts';
import type { ModelFacts } from './model-facts.ts';
import { describeTensors } from './network.ts';

export interface HeadGuess {
  readonly head: Head;
  readonly labelCount: number;
  /** YOLOX whose boxes come in input pixels. */
  readonly decoded: boolean;
  /** Why, in words. */
  readonly reason: string;
}

const knownHeads =
  'yolox (output 1 x cells x (5 + classes), objectness included), yolov8 (also v9, v11, v12: output 1 x (4 + classes) x cells)';

/**
 * Works a model's head out from the shapes of its outputs, a trial run and embedded metadata.
 * @throws XunjieError `model_not_understood` naming the outputs seen and the heads known.
 */
export function guessHead(facts: ModelFacts, file: string): HeadGuess {
  const refuse = (hint: string): never => {
    throw new XunjieError(
      'model_not_understood',
      `${file}: head not understood${hint}; its outputs are ${describeTensors(facts.outputs)}, its inputs ${describeTensors(facts.inputs)}; heads known: ${knownHeads}`,
    );
  };
  const { trial, inputWidth, inputHeight, metadata } = facts;
  const task = metadata['task'];
  if (task !== undefined && task !== 'detect') return refuse(` (made for the task "${task}", not "detect")`);
  if (trial === null) return refuse(hintAtFamily(facts));
  if (facts.outputs.length > 1) return refuse(' (more than one output)');
  const [batch, second, third] = trial.dims;
  if (trial.dims.length !== 3 || batch !== 1 || second === undefined || third === undefined)
    return refuse('');
  const cells = countCells(inputWidth, inputHeight);
  const size = `${inputWidth}x${inputHeight}`;
  if (third === cells && second >= 5)
    return {
      head: 'yolov8',
      labelCount: second - 4,
      decoded: false,
      reason: `head yolov8: output "${trial.name}" is 1x${second}x${third}, a column for each of the ${cells} cells of a ${size} input: 4 numbers of a box and ${second - 4} class scores`,
    };
  if (second === cells && third >= 6) {
    if (isAllOnes(trial.data, third)) return refuse(' (objectness is 1 everywhere, as in YOLOv6)');
    const decoded = isDecoded(trial.data, third, inputWidth);
    return {
      head: 'yolox',
      labelCount: third - 5,
      decoded,
      reason: `head yolox: output "${trial.name}" is 1x${second}x${third}, a row for each of the ${cells} cells of a ${size} input: 4 numbers of a box, objectness and ${third - 5} class scores; its boxes are ${decoded ? 'decoded (input pixels)' : 'raw grid offsets'}, as a trial run shows`,
    };
  }
  if (second === 3 * cells) return refuse(' (three rows per cell, as in YOLOv5 and v7)');
  if (third === 6) return refuse(' (boxes already selected inside the model, as in YOLOv10)');
  return refuse('');
}

function hintAtFamily(facts: ModelFacts): string {
  const names = new Set(facts.outputs.map((output) => output.name));
  if (['labels', 'boxes', 'scores'].every((name) => names.has(name))) return ' (looks like the DETR family)';
  if (facts.inputs.length !== 1) return ' (needs exactly one input, a picture)';
  return ' (input is not float32[1x3xHxW])';
}

/** Decoded centres spread over the whole input; raw offsets stay within a few cells. */
function isDecoded(rows: Float32Array, rowLength: number, inputWidth: number): boolean {
  const offsets: number[] = [];
  for (let at = 0; at < rows.length; at += rowLength) offsets.push(Math.abs(rows[at] as number));
  offsets.sort((a, b) => a - b);
  return (offsets[Math.floor(offsets.length / 2)] as number) > inputWidth / 8;
}

function isAllOnes(rows: Float32Array, rowLength: number): boolean {
  for (let at = 4; at < rows.length; at += rowLength) if (rows[at] !== 1) return false;
  return true;
}
