import {
  encodeNode,
  encodeOnnx,
  encodeRewired,
  encodeTensor,
  microsoftDomain,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  readFloats,
} from '../onnx/onnx-model.ts';
import type { QuantizePlan } from './plan.ts';
import { type Range, type Scale, toInt8Weights, toInt32Bias, toScale } from './to-int8.ts';

/** First opset whose own steps know a scale per channel. */
const opsetWithAxes = 13;

/** x * sigmoid(x) is within 0.003 of zero below it. */
const swishFloor = -8;

/**
 * Writes the model with a pair of QuantizeLinear and DequantizeLinear at every tensor of the plan and int8 weights; the
 * runtime turns what lies between such pairs into int8 steps.
 */
export function writeInt8(model: OnnxModel, plan: QuantizePlan, ranges: ReadonlyMap<string, Range>): Buffer {
  const usesMicrosoft = model.opset < opsetWithAxes;
  const domain = usesMicrosoft ? microsoftDomain : '';
  const scales = toScales(plan, ranges);
  const tensors: Buffer[] = [];
  const nodes: Buffer[] = [];
  const dropped = new Set<string>();

  const addConstant = (name: string, type: 'float32' | 'uint8', value: number): string => {
    tensors.push(
      encodeTensor(name, type, [], type === 'uint8' ? Uint8Array.of(value) : Float32Array.of(value)),
    );
    return name;
  };
  const addPair = (name: string): void => {
    const { scale, zero } = scales.get(name) ?? { scale: 1, zero: 0 };
    const sides = [
      addConstant(`${name}:scale`, 'float32', scale),
      addConstant(`${name}:zero`, 'uint8', zero),
    ];
    nodes.push(
      encodeNode({ operator: 'QuantizeLinear', domain, inputs: [name, ...sides], outputs: [`${name}:int8`] }),
      encodeNode({
        operator: 'DequantizeLinear',
        domain,
        inputs: [`${name}:int8`, ...sides],
        outputs: [toReadName(name)],
      }),
    );
  };
  const addInt8Constant = (
    name: string,
    type: 'int8' | 'int32',
    dims: readonly number[],
    values: Int8Array | Int32Array,
    steps: Float32Array,
  ): string => {
    tensors.push(
      encodeTensor(`${name}:stored`, type, dims, values),
      encodeTensor(`${name}:scale`, 'float32', [steps.length], steps),
    );
    const zeros = type === 'int8' ? new Int8Array(steps.length) : new Int32Array(steps.length);
    tensors.push(encodeTensor(`${name}:zero`, type, [steps.length], zeros));
    nodes.push(
      encodeNode({
        operator: 'DequantizeLinear',
        domain,
        inputs: [`${name}:stored`, `${name}:scale`, `${name}:zero`],
        outputs: [name],
        attributes: { axis: 0 },
      }),
    );
    return name;
  };
  const rewire = (name: string): string => (scales.has(name) ? toReadName(name) : name);
  const readers = countReaders(model);
  const addConv = (node: OnnxNode, id: number): void => {
    const [input = '', weight = '', bias = ''] = node.inputs;
    const weights = model.initializers.get(weight) as OnnxTensor;
    const biases = bias === '' ? null : readFloats(model.initializers.get(bias) as OnnxTensor);
    const inputScale = scales.get(input)?.scale ?? 1;
    const channels = weights.dims[0] ?? 1;
    const int8 = toInt8Weights(readFloats(weights) as Float32Array, channels, inputScale, biases);
    const names = [
      rewire(input),
      addInt8Constant(`${weight}:${id}`, 'int8', weights.dims, int8.values, int8.scales),
    ];
    if (biases !== null) {
      const stored = toInt32Bias(biases, inputScale, int8.scales);
      names.push(addInt8Constant(`${bias}:${id}`, 'int32', [channels], stored.values, stored.scales));
    }
    nodes.push(encodeRewired(node, names));
    for (const name of [weight, bias])
      if (name !== '' && readers.get(name)?.every((each) => plan.nodes.has(each) && each.operator === 'Conv'))
        dropped.add(name);
  };

  for (const name of model.inputs) if (scales.has(name)) addPair(name);
  for (const [id, node] of model.nodes.entries()) {
    if (plan.nodes.has(node) && node.operator === 'Conv') addConv(node, id);
    else nodes.push(encodeRewired(node, node.inputs.map(rewire)));
    for (const name of node.outputs) if (scales.has(name)) addPair(name);
  }
  return encodeOnnx(model, { nodes, tensors, dropped, usesMicrosoft });
}

function toReadName(name: string): string {
  return `${name}:read`;
}

function toScales(plan: QuantizePlan, ranges: ReadonlyMap<string, Range>): Map<string, Scale> {
  const scales = new Map<string, Scale>();
  for (const name of plan.measured) {
    const range = ranges.get(name);
    if (range === undefined) continue;
    const least = plan.swished.has(name) ? Math.max(range.least, swishFloor) : range.least;
    scales.set(name, toScale({ ...range, least }));
  }
  for (const [name, from] of plan.inherited) {
    let root = from;
    for (let next = plan.inherited.get(root); next !== undefined; next = plan.inherited.get(root))
      root = next;
    const range = ranges.get(root);
    const scale = scales.get(root) ?? (range && toScale(range));
    if (scale !== undefined) scales.set(name, scale);
  }
  return scales;
}

function countReaders(model: OnnxModel): Map<string, OnnxNode[]> {
  const readers = new Map<string, OnnxNode[]>();
  for (const node of model.nodes)
    for (const name of node.inputs) readers.set(name, [...(readers.get(name) ?? []), node]);
  return readers;
}
