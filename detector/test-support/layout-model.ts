import {
  type ElementType,
  type OnnxModel,
  type OnnxNode,
  type OnnxPort,
  type OnnxTensor,
  toElementNumber,
} from './onnx-file.ts';

/** One output of a layout model: fixed values, some of which follow what the model is shown. */
export interface LayoutOutput {
  readonly name: string;
  readonly type?: ElementType;
  readonly dims: readonly (number | string)[];
  /** Values of one picture, in the order of the dims. */
  readonly values: readonly number[] | Float32Array;
  /** Value at `at` grows by `factor` times the mean of an input plane. */
  readonly follows?: readonly { readonly at: number; readonly plane: 0 | 1 | 2; readonly factor: number }[];
}

export interface LayoutModelOptions {
  readonly input?: { readonly type?: ElementType; readonly dims: readonly (number | string)[] };
  /** Inputs beside the picture; the first output is multiplied by none of them unless `scaledBy` names one. */
  readonly sides?: readonly OnnxPort[];
  /** An int64 input N x 2 that the corners of the first output (N x Q x 4) are multiplied by, width first or height. */
  readonly scaledBy?: { readonly input: string; readonly heightFirst?: boolean };
  readonly outputs: readonly LayoutOutput[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Puts QuantizeLinear and DequantizeLinear behind the picture, as quantised exports have them. */
  readonly quantised?: boolean;
}

const plain = { type: 'float32', dims: [1, 3, 64, 64] } as const;

/** Builds an ONNX model of any output layout whose answer is known. */
export function toLayoutModel(options: LayoutModelOptions): OnnxModel {
  const { input = plain, sides = [], outputs } = options;
  const type = input.type ?? 'float32';
  const axes = input.dims[3] === 3 && input.dims[1] !== 3 ? [1, 2] : [2, 3];
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  const cast = (from: string, to: string, wanted: ElementType): void => {
    nodes.push({
      operator: 'Cast',
      inputs: [from],
      outputs: [to],
      attributes: { to: toElementNumber(wanted) },
    });
  };
  cast('images', 'floats', 'float32');
  let seen = 'floats';
  if (options.quantised) {
    constants.push(
      { name: 'step', type: 'float32', dims: [], values: [1 / 255] },
      { name: 'zero', type: 'uint8', dims: [], values: [0] },
    );
    nodes.push(
      { operator: 'QuantizeLinear', inputs: [seen, 'step', 'zero'], outputs: ['bytes'] },
      { operator: 'DequantizeLinear', inputs: ['bytes', 'step', 'zero'], outputs: ['restored'] },
    );
    seen = 'restored';
  }
  nodes.push({
    operator: 'ReduceMean',
    inputs: [seen],
    outputs: ['levels'],
    attributes: { axes, keepdims: 0 },
  });
  for (const [i, output] of outputs.entries()) {
    const rank = output.dims.length;
    const size = [1, ...output.dims.slice(1)].map(Number);
    constants.push(
      { name: `values${i}`, type: 'float32', dims: size, values: output.values },
      { name: `shape${i}`, type: 'int64', dims: [rank], values: [-1, ...Array<number>(rank - 1).fill(1)] },
    );
    // One plane's level for each picture: a matrix product with the plane's unit vector keeps the batch.
    let sum = `values${i}`;
    for (const plane of [0, 1, 2] as const) {
      const mask = new Float32Array(output.values.length);
      for (const each of output.follows ?? []) if (each.plane === plane) mask[each.at] = each.factor;
      const id = `${i}_${plane}`;
      constants.push(
        {
          name: `unit${id}`,
          type: 'float32',
          dims: [3, 1],
          values: [0, 1, 2].map((k) => (k === plane ? 1 : 0)),
        },
        { name: `mask${id}`, type: 'float32', dims: size, values: mask },
      );
      nodes.push(
        { operator: 'MatMul', inputs: ['levels', `unit${id}`], outputs: [`level${id}`] },
        { operator: 'Reshape', inputs: [`level${id}`, `shape${i}`], outputs: [`shaped${id}`] },
        { operator: 'Mul', inputs: [`mask${id}`, `shaped${id}`], outputs: [`part${id}`] },
        { operator: 'Add', inputs: [sum, `part${id}`], outputs: [`sum${id}`] },
      );
      sum = `sum${id}`;
    }
    if (i === 0 && options.scaledBy !== undefined) {
      cast(options.scaledBy.input, 'target', 'float32');
      constants.push(
        { name: 'targetShape', type: 'int64', dims: [3], values: [-1, 1, 4] },
        {
          name: 'order',
          type: 'int64',
          dims: [4],
          values: options.scaledBy.heightFirst ? [1, 0, 1, 0] : [0, 1, 0, 1],
        },
      );
      nodes.push(
        { operator: 'Gather', inputs: ['target', 'order'], outputs: ['corners'], attributes: { axis: 1 } },
        { operator: 'Reshape', inputs: ['corners', 'targetShape'], outputs: ['cornersOf'] },
        { operator: 'Mul', inputs: [sum, 'cornersOf'], outputs: ['scaled'] },
      );
      sum = 'scaled';
    }
    cast(sum, output.name, output.type ?? 'float32');
  }
  return {
    inputs: [{ name: 'images', type, dims: input.dims }, ...sides],
    outputs: outputs.map(({ name, type: of = 'float32', dims }) => ({ name, type: of, dims })),
    nodes,
    constants,
    ...(options.metadata && { metadata: options.metadata }),
  };
}
