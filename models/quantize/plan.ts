import { XunjieError } from '../../domain/mod.ts';
import {
  elementTypes,
  type OnnxModel,
  type OnnxNode,
  readFloats,
  readTextAttribute,
} from '../onnx/onnx-model.ts';

/** Steps that int8 kernels exist for, with a range of their own. */
const ownRange = new Set([
  'Conv',
  'Add',
  'Mul',
  'Sigmoid',
  'Concat',
  'LeakyRelu',
  'AveragePool',
  'GlobalAveragePool',
]);
/** Steps that move values about: what comes out has the range of what goes in. */
const sameRange = new Set([
  'MaxPool',
  'Resize',
  'Reshape',
  'Transpose',
  'Slice',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
]);
/** Cut-offs that become part of the step before them. */
const cutOffs = new Set(['Relu', 'Clip']);

export interface QuantizePlan {
  /** Nodes that become int8. */
  readonly nodes: ReadonlySet<OnnxNode>;
  /** Tensors that get a range by measuring. */
  readonly measured: readonly string[];
  /** Of those, the ones that only an activation x * sigmoid(x) reads: far below zero it is zero whatever x is. */
  readonly swished: ReadonlySet<string>;
  /** Tensors that take the range of another, by name. */
  readonly inherited: ReadonlyMap<string, string>;
  readonly convs: { readonly int8: number; readonly float: number };
}

/** @throws XunjieError `model_not_understood` for a model that cannot be quantised, with the reason. */
export function planQuantization(
  model: OnnxModel,
  what: string,
  inFloat: ReadonlySet<OnnxNode> = new Set(),
): QuantizePlan {
  refuseOthers(model, what);
  const producers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const consumers = new Map<string, OnnxNode[]>();
  for (const node of model.nodes)
    for (const name of node.inputs) consumers.set(name, [...(consumers.get(name) ?? []), node]);
  const tail = findTail(model, producers);
  const nodes = new Set<OnnxNode>();
  for (const node of model.nodes)
    if (!tail.has(node) && !inFloat.has(node) && canQuantize(node, model)) nodes.add(node);
  // Moving steps pay only between int8 steps; alone they would bring conversions and nothing else.
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of nodes) {
      if (node.operator === 'Conv') continue;
      const before = node.inputs.map((name) => producers.get(name)).filter((each) => each !== undefined);
      const after = node.outputs.flatMap((name) => consumers.get(name) ?? []);
      if (![...before, ...after].some((each) => nodes.has(each))) {
        nodes.delete(node);
        changed = true;
      }
    }
  }
  const outputs = new Set(model.outputs);
  const measured = new Set<string>();
  const inherited = new Map<string, string>();
  for (const node of nodes) {
    const [first = ''] = node.inputs;
    const floats = node.inputs.filter(
      (name, i) => isActivation(node, i) && name !== '' && !model.initializers.has(name),
    );
    for (const name of floats) if (!isCutLater(producers.get(name), nodes, consumers)) measured.add(name);
    for (const name of node.outputs) {
      if (outputs.has(name) || isCutLater(node, nodes, consumers)) continue;
      if (sameRange.has(node.operator)) inherited.set(name, first);
      else measured.add(name);
    }
  }
  for (const name of inherited.keys()) measured.delete(name);
  const convs = model.nodes.filter((node) => node.operator === 'Conv');
  const int8 = convs.filter((node) => nodes.has(node)).length;
  if (int8 === 0)
    throw new XunjieError('model_not_understood', `${what}: has no convolution that could be run in int8`);
  const swished = new Set([...measured].filter((name) => isSwished(name, consumers)));
  return {
    nodes,
    measured: [...measured],
    swished,
    inherited,
    convs: { int8, float: convs.length - int8 },
  };
}

function refuseOthers(model: OnnxModel, what: string): void {
  const refuse = (reason: string): never => {
    throw new XunjieError('model_not_understood', `${what} cannot be quantised: ${reason}`);
  };
  const quantised = model.nodes.find(({ operator }) =>
    /^(?:De)?QuantizeLinear$|^QLinear|Integer$/.test(operator),
  );
  if (quantised) refuse(`it is quantised already (${quantised.operator})`);
  const halves = [...model.initializers.values()].find(
    ({ elementType }) => elementType === elementTypes.float16 || elementType === elementTypes.bfloat16,
  );
  if (halves) refuse(`its weights are half floats (${halves.name}); export it in float32`);
  if (model.opset < 10) refuse(`it is written for opset ${model.opset}; export it for 11 or later`);
  if (model.inputs.length !== 1)
    refuse(
      `it takes ${model.inputs.length} inputs (${model.inputs.join(', ')}); only models that take a picture and nothing else can be measured`,
    );
}

/**
 * The steps that make boxes and scores: back from the outputs up to and including the last convolutions. A coarse step
 * there would move boxes and flatten scores, and they are a small part of the work. The fixed convolution by which
 * YOLOv8 sums a softmax up is no last one.
 */
function findTail(model: OnnxModel, producers: ReadonlyMap<string, OnnxNode>): ReadonlySet<OnnxNode> {
  const tail = new Set<OnnxNode>();
  const open = model.outputs.map((name) => producers.get(name));
  for (let node = open.pop(); node !== undefined || open.length > 0; node = open.pop()) {
    if (node === undefined || tail.has(node)) continue;
    tail.add(node);
    if (node.operator === 'Conv' && !followsSoftmax(node, producers)) continue;
    for (const name of node.inputs) open.push(producers.get(name));
  }
  return tail;
}

function followsSoftmax(conv: OnnxNode, producers: ReadonlyMap<string, OnnxNode>): boolean {
  let before = producers.get(conv.inputs[0] ?? '');
  while (before !== undefined && (before.operator === 'Transpose' || before.operator === 'Reshape'))
    before = producers.get(before.inputs[0] ?? '');
  return before?.operator === 'Softmax';
}

function canQuantize(node: OnnxNode, model: OnnxModel): boolean {
  if (node.domain !== '') return false;
  const { operator, inputs } = node;
  if (operator === 'Conv') return canQuantizeConv(node, model);
  if (operator === 'Resize')
    return readTextAttribute(node, 'mode') !== 'cubic' && !model.initializers.has(inputs[0] ?? '');
  if (operator === 'Clip' && !startsAtZero(node, model)) return false;
  if (sameRange.has(operator) || cutOffs.has(operator)) return !model.initializers.has(inputs[0] ?? '');
  return ownRange.has(operator) && inputs.every((name) => !model.initializers.has(name));
}

function canQuantizeConv({ inputs }: OnnxNode, model: OnnxModel): boolean {
  const [input = '', weight = '', bias] = inputs;
  if (model.initializers.has(input)) return false;
  const weights = model.initializers.get(weight);
  if (weights === undefined || readFloats(weights) === null) return false;
  if (bias === undefined || bias === '') return true;
  const biases = model.initializers.get(bias);
  return biases !== undefined && readFloats(biases) !== null;
}

function startsAtZero({ inputs }: OnnxNode, model: OnnxModel): boolean {
  const least = model.initializers.get(inputs[1] ?? '');
  return least !== undefined && readFloats(least)?.[0] === 0;
}

/** Whether an input holds values rather than sizes. */
function isActivation({ operator }: OnnxNode, index: number): boolean {
  return index === 0 || operator === 'Add' || operator === 'Mul' || operator === 'Concat';
}

/** Its only reader cuts its output off: the two are one int8 step, with the range of what is left. */
function isCutLater(
  node: OnnxNode | undefined,
  nodes: ReadonlySet<OnnxNode>,
  consumers: ReadonlyMap<string, readonly OnnxNode[]>,
): boolean {
  if (node?.operator !== 'Conv' || !nodes.has(node)) return false;
  const [reader, ...others] = consumers.get(node.outputs[0] ?? '') ?? [];
  return reader !== undefined && others.length === 0 && nodes.has(reader) && cutOffs.has(reader.operator);
}

function isSwished(name: string, consumers: ReadonlyMap<string, readonly OnnxNode[]>): boolean {
  const readers = consumers.get(name) ?? [];
  const sigmoid = readers.find((node) => node.operator === 'Sigmoid');
  const product = readers.find((node) => node.operator === 'Mul');
  const gate = sigmoid?.outputs[0] ?? '';
  return (
    readers.length === 2 &&
    product !== undefined &&
    product.inputs.includes(gate) &&
    consumers.get(gate)?.length === 1
  );
}

/** A convolution with the activation that alone reads it. */
export function toBlock(conv: OnnxNode, nodes: ReadonlySet<OnnxNode>): ReadonlySet<OnnxNode> {
  const [output = ''] = conv.outputs;
  const readers = [...nodes].filter(
    (node) =>
      node.inputs.includes(output) &&
      (cutOffs.has(node.operator) ||
        node.operator === 'Sigmoid' ||
        node.operator === 'Mul' ||
        node.operator === 'LeakyRelu'),
  );
  return new Set([conv, ...readers]);
}

/** The same plan for some of its nodes only. */
export function narrowPlan(plan: QuantizePlan, nodes: ReadonlySet<OnnxNode>): QuantizePlan {
  const touched = new Set([...nodes].flatMap((node) => [...node.inputs, ...node.outputs]));
  return {
    ...plan,
    nodes,
    measured: plan.measured.filter((name) => touched.has(name)),
    inherited: new Map([...plan.inherited].filter(([name]) => touched.has(name))),
  };
}
