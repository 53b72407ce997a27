import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ModelCard, Picture } from '../../detector/mod.ts';
import type { OnnxModel, OnnxNode } from '../onnx/onnx-model.ts';
import { narrowPlan, type QuantizePlan, toBlock } from './plan.ts';
import { openRunner } from './run-picture.ts';
import type { Range } from './to-int8.ts';
import { writeInt8 } from './write-int8.ts';

export interface SensitivityOptions {
  readonly model: OnnxModel;
  readonly card: ModelCard;
  readonly plan: QuantizePlan;
  readonly ranges: ReadonlyMap<string, Range>;
  /** Fitted to the input's size; a few will do. */
  readonly pictures: readonly Picture[];
  /** Of the model itself. */
  readonly weightsPath: string;
  /** For files of the moment. */
  readonly folder: string;
  readonly onProgress: (done: number, total: number) => void;
}

/** How many times the usual error of a block makes it one that stays in float, and how many may at most. */
const muchAboveUsual = 4;
const maxShare = 0.15;

/**
 * Quantises each convolution alone (with its activation) and measures how far the outputs move: those that move them
 * much more than usual are to stay in float. In most networks these are a few of the first, whose values range widely.
 */
export async function findSensitive(options: SensitivityOptions): Promise<ReadonlySet<OnnxNode>> {
  const { model, card, plan, ranges, pictures, weightsPath, folder, onProgress } = options;
  const reference = await runAll(weightsPath, card, pictures);
  const file = path.join(folder, 'one-block.onnx');
  const convs = [...plan.nodes].filter((node) => node.operator === 'Conv');
  const errors: number[] = [];
  for (const [i, conv] of convs.entries()) {
    const block = toBlock(conv, plan.nodes);
    await writeFile(file, writeInt8(model, narrowPlan(plan, block), ranges));
    errors.push(toError(await runAll(file, card, pictures), reference));
    onProgress(i + 1, convs.length);
  }
  const usual = errors.toSorted((a, b) => a - b)[Math.floor(errors.length / 2)] ?? 0;
  const worst = convs
    .map((conv, i) => ({ conv, error: errors[i] as number }))
    .filter(({ error }) => error > usual * muchAboveUsual)
    .toSorted((a, b) => b.error - a.error)
    .slice(0, Math.ceil(convs.length * maxShare));
  return new Set(worst.flatMap(({ conv }) => [...toBlock(conv, plan.nodes)]));
}

async function runAll(file: string, card: ModelCard, pictures: readonly Picture[]): Promise<Float32Array[]> {
  const runner = await openRunner(file, card);
  try {
    const outputs: Float32Array[] = [];
    for (const picture of pictures) {
      const result = await runner.run(picture);
      outputs.push(...result.outputs.map(({ data }) => data.slice()));
      result.dispose();
    }
    return outputs;
  } finally {
    await runner.release();
  }
}

/** Mean distance, each output by its own mean size. */
function toError(outputs: readonly Float32Array[], reference: readonly Float32Array[]): number {
  let error = 0;
  for (const [i, wanted] of reference.entries()) {
    let distance = 0;
    let size = 0;
    for (let k = 0; k < wanted.length; k++) {
      distance += Math.abs((outputs[i]?.[k] ?? 0) - (wanted[k] as number));
      size += Math.abs(wanted[k] as number);
    }
    error += distance / Math.max(size, 1e-9);
  }
  return error / Math.max(1, reference.length);
}
