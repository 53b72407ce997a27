import type { OnnxModel, OnnxNode, OnnxTensor } from '../../detector/test-support/onnx-file.ts';

/** Numbers that are the same in every run, -1 to 1. */
export function toNoise(length: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state / 2 ** 32) * 2 - 1;
  });
}

/**
 * A small network with what detectors are made of: convolutions with ReLU and with x * sigmoid(x), one by depth, a sum,
 * a join, pooling, and a last convolution whose output is the model's.
 */
export function toConvNet(edge: number, changes: Partial<OnnxModel> = {}): OnnxModel {
  const constants: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  const conv = (from: string, to: string, dims: [number, number, number, number], group = 1): void => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    const spread = Math.sqrt(3 / (dims[1] * dims[2] * dims[3]));
    constants.push(
      {
        name: `${to}.w`,
        type: 'float32',
        dims,
        values: toNoise(size, size + 1).map((each) => each * spread),
      },
      {
        name: `${to}.b`,
        type: 'float32',
        dims: [dims[0]],
        values: toNoise(dims[0], 7).map((each) => each / 4),
      },
    );
    const pad = (dims[2] - 1) / 2;
    const attributes = { pads: [pad, pad, pad, pad], group };
    nodes.push({ operator: 'Conv', inputs: [from, `${to}.w`, `${to}.b`], outputs: [to], attributes });
  };
  const step = (operator: string, inputs: string[], output: string, attributes = {}): void =>
    void nodes.push({ operator, inputs, outputs: [output], attributes });
  conv('images', 'a', [8, 3, 3, 3]);
  step('Relu', ['a'], 'a.cut');
  conv('a.cut', 'b', [8, 8, 1, 1]);
  step('Sigmoid', ['b'], 'b.gate');
  step('Mul', ['b', 'b.gate'], 'b.swish');
  conv('b.swish', 'c', [8, 1, 3, 3], 8);
  step('Add', ['c', 'b.swish'], 'sum');
  step('Concat', ['sum', 'a.cut'], 'both', { axis: 1 });
  step('MaxPool', ['both'], 'small', { kernel_shape: [2, 2], strides: [2, 2] });
  conv('small', 'd', [16, 16, 3, 3]);
  step('Relu', ['d'], 'd.cut');
  conv('d.cut', 'out', [6, 16, 1, 1]);
  return {
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, edge, edge] }],
    outputs: [{ name: 'out', type: 'float32', dims: [1, 6, edge / 2, edge / 2] }],
    nodes,
    constants,
    ...changes,
  };
}
