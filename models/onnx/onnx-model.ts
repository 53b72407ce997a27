import {
  parseFields,
  readNumbers,
  toBytesField,
  toTextField,
  toVarintField,
  type WireField,
} from './wire.ts';

/** Field numbers of onnx.proto3. */
const model = { graph: 7, opset: 8 } as const;
const graph = { node: 1, initializer: 5, input: 11, output: 12 } as const;
const node = { input: 1, output: 2, operator: 4, attribute: 5, domain: 7 } as const;
const tensor = { dims: 1, type: 2, floats: 4, name: 8, raw: 9, external: 13 } as const;
const attribute = { name: 1, int: 3, text: 4, type: 20 } as const;

/** Element types of TensorProto. */
export const elementTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, float16: 10, bfloat16: 16 } as const;
export type WrittenType = 'float32' | 'uint8' | 'int8' | 'int32';

/** The domain whose quantisation steps know axes whatever the opset is. */
export const microsoftDomain = 'com.microsoft';

export interface OnnxNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly fields: readonly WireField[];
}

export interface OnnxTensor {
  readonly name: string;
  readonly elementType: number;
  readonly dims: readonly number[];
  readonly fields: readonly WireField[];
  readonly raw: Buffer;
}

/** What is read of a model in order to change it; all else is kept as it came. */
export interface OnnxModel {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, OnnxTensor>;
  /** Without those that are initializers. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Of ONNX itself. */
  readonly opset: number;
  readonly fields: readonly WireField[];
  readonly graphFields: readonly WireField[];
}

/** @throws Error when the bytes are no ONNX model. */
export function parseOnnx(bytes: Buffer): OnnxModel {
  const fields = parseFields(bytes);
  const body = fields.find((field) => field.number === model.graph);
  if (body === undefined) throw new Error('no graph in it');
  const graphFields = parseFields(body.bytes);
  const pick = (number: number): WireField[] => graphFields.filter((field) => field.number === number);
  const initializers = new Map(
    pick(graph.initializer)
      .map(parseTensor)
      .map((each) => [each.name, each]),
  );
  const opsets = fields
    .filter((field) => field.number === model.opset)
    .map(({ bytes: each }) => parseFields(each));
  const own = opsets.find((each) => readText(each, 1) === '');
  return {
    nodes: pick(graph.node).map(parseNode),
    initializers,
    inputs: pick(graph.input)
      .map((each) => readText(parseFields(each.bytes), 1))
      .filter((name) => !initializers.has(name)),
    outputs: pick(graph.output).map((each) => readText(parseFields(each.bytes), 1)),
    opset: Number(own?.find((field) => field.number === 2)?.value ?? 1n),
    fields,
    graphFields,
  };
}

function parseNode({ bytes }: WireField): OnnxNode {
  const fields = parseFields(bytes);
  const texts = (number: number): string[] =>
    fields.filter((field) => field.number === number).map((field) => field.bytes.toString('utf8'));
  return {
    operator: readText(fields, node.operator),
    domain: readText(fields, node.domain),
    inputs: texts(node.input),
    outputs: texts(node.output),
    fields,
  };
}

function parseTensor({ bytes, raw }: WireField): OnnxTensor {
  const fields = parseFields(bytes);
  return {
    name: readText(fields, tensor.name),
    elementType: Number(fields.find((field) => field.number === tensor.type)?.value ?? 0n),
    dims: readNumbers(fields, tensor.dims),
    fields,
    raw,
  };
}

function readText(fields: readonly WireField[], number: number): string {
  return fields.find((field) => field.number === number)?.bytes.toString('utf8') ?? '';
}

/** Values of a float tensor; `null` when it is none, or keeps them elsewhere. */
export function readFloats({ elementType, dims, fields }: OnnxTensor): Float32Array | null {
  if (elementType !== elementTypes.float32 || fields.some((field) => field.number === tensor.external))
    return null;
  const size = dims.reduce((product, dim) => product * dim, 1);
  const stored =
    fields.find((field) => field.number === tensor.raw)?.bytes ??
    Buffer.concat(
      fields
        .filter((field) => field.number === tensor.floats)
        .map((field) => (field.bytes.length > 0 ? field.bytes : field.raw.subarray(field.raw.length - 4))),
    );
  if (stored.length !== size * 4) return null;
  return new Float32Array(new Uint8Array(stored).buffer);
}

/** A text attribute of a node, `''` without one. */
export function readTextAttribute({ fields }: OnnxNode, name: string): string {
  for (const field of fields) {
    if (field.number !== node.attribute) continue;
    const parts = parseFields(field.bytes);
    if (readText(parts, attribute.name) === name) return readText(parts, attribute.text);
  }
  return '';
}

export function encodeTensor(
  name: string,
  type: WrittenType,
  dims: readonly number[],
  values: Float32Array | Uint8Array | Int8Array | Int32Array,
): Buffer {
  return Buffer.concat([
    ...dims.map((dim) => toVarintField(tensor.dims, dim)),
    toVarintField(tensor.type, elementTypes[type]),
    toTextField(tensor.name, name),
    toBytesField(tensor.raw, Buffer.from(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

export interface NewNode {
  readonly operator: string;
  readonly domain?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers. */
  readonly attributes?: Readonly<Record<string, number>>;
}

const intAttribute = 2;

export function encodeNode({ operator, domain = '', inputs, outputs, attributes = {} }: NewNode): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => toTextField(node.input, name)),
    ...outputs.map((name) => toTextField(node.output, name)),
    toTextField(3, `${operator}:${outputs[0]}`),
    toTextField(node.operator, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      toBytesField(
        node.attribute,
        Buffer.concat([
          toTextField(attribute.name, name),
          toVarintField(attribute.int, value),
          toVarintField(attribute.type, intAttribute),
        ]),
      ),
    ),
    ...(domain === '' ? [] : [toTextField(node.domain, domain)]),
  ]);
}

/** The node with other inputs, all else as it came. */
export function encodeRewired(old: OnnxNode, inputs: readonly string[]): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => toTextField(node.input, name)),
    ...old.fields.filter((field) => field.number !== node.input).map((field) => field.raw),
  ]);
}

/** A float output whose size is left open. */
export function encodeOutput(name: string): Buffer {
  const type = toBytesField(1, toVarintField(1, elementTypes.float32));
  return Buffer.concat([toTextField(1, name), toBytesField(2, type)]);
}

export interface Changes {
  readonly nodes: readonly Buffer[];
  /** Names of initializers that go. */
  readonly dropped?: ReadonlySet<string>;
  readonly tensors?: readonly Buffer[];
  readonly moreOutputs?: readonly string[];
  /** Says that steps of the runtime's own domain are used. */
  readonly usesMicrosoft?: boolean;
}

/** Writes the model with other nodes and tensors. */
export function encodeOnnx(old: OnnxModel, changes: Changes): Buffer {
  const { nodes, dropped = new Set(), tensors = [], moreOutputs = [], usesMicrosoft = false } = changes;
  const kept = old.graphFields.filter(
    (field) =>
      field.number !== graph.node &&
      // Inferred sizes of tensors are of no use to a graph that has changed.
      field.number !== 13 &&
      !(field.number === graph.initializer && dropped.has(readText(parseFields(field.bytes), tensor.name))) &&
      !(field.number === graph.input && dropped.has(readText(parseFields(field.bytes), 1))),
  );
  const body = Buffer.concat([
    ...nodes.map((each) => toBytesField(graph.node, each)),
    ...kept.map((field) => field.raw),
    ...tensors.map((each) => toBytesField(graph.initializer, each)),
    ...moreOutputs.map((name) => toBytesField(graph.output, encodeOutput(name))),
  ]);
  return Buffer.concat([
    ...old.fields.filter((field) => field.number !== model.graph).map((field) => field.raw),
    toBytesField(model.graph, body),
    ...(usesMicrosoft
      ? [toBytesField(model.opset, Buffer.concat([toTextField(1, microsoftDomain), toVarintField(2, 1)]))]
      : []),
  ]);
}
