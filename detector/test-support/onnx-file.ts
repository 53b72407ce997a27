import { writeFile } from 'node:fs/promises';
import { toHalf } from '../half-float.ts';

/** Element types of onnx.proto3. */
const elementTypes = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof elementTypes;

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: readonly number[] | Float32Array;
  /** Names another file as the place of the values; they are written all the same. */
  readonly externalFile?: string;
}

export interface OnnxPort {
  readonly name: string;
  readonly type: ElementType;
  /** A word stands for a size that the file leaves open. */
  readonly dims: readonly (number | string)[];
}

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers only. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface OnnxModel {
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  readonly nodes: readonly OnnxNode[];
  readonly constants?: readonly OnnxTensor[];
  readonly metadata?: Readonly<Record<string, string>>;
  /** Default 13. */
  readonly opset?: number;
  /** Default 8. */
  readonly irVersion?: number;
}

/** Writes a small ONNX model (onnx.proto3 by field number) for tests. */
export async function writeOnnxFile(file: string, model: OnnxModel): Promise<void> {
  await writeFile(file, encodeModel(model));
}

export function encodeModel(model: OnnxModel): Buffer {
  const graph = Buffer.concat([
    ...model.nodes.map((node) => toBytes(1, encodeNode(node))),
    toText(2, 'graph'),
    ...(model.constants ?? []).map((tensor) => toBytes(5, encodeTensor(tensor))),
    ...model.inputs.map((port) => toBytes(11, encodePort(port))),
    ...model.outputs.map((port) => toBytes(12, encodePort(port))),
  ]);
  return Buffer.concat([
    toNumber(1, model.irVersion ?? 8),
    toText(2, 'xunjie-test'),
    toBytes(7, graph),
    toBytes(8, Buffer.concat([toText(1, ''), toNumber(2, model.opset ?? 13)])),
    ...Object.entries(model.metadata ?? {}).map(([key, value]) =>
      toBytes(14, Buffer.concat([toText(1, key), toText(2, value)])),
    ),
  ]);
}

function encodeNode(node: OnnxNode): Buffer {
  return Buffer.concat([
    ...node.inputs.map((name) => toText(1, name)),
    ...node.outputs.map((name) => toText(2, name)),
    toText(4, node.operator),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) => toBytes(5, encodeAttribute(name, value))),
  ]);
}

const intAttribute = 2;
const intsAttribute = 7;

function encodeAttribute(name: string, value: number | readonly number[]): Buffer {
  return typeof value === 'number'
    ? Buffer.concat([toText(1, name), toNumber(3, value), toNumber(20, intAttribute)])
    : Buffer.concat([
        toText(1, name),
        ...value.map((each) => toNumber(8, each)),
        toNumber(20, intsAttribute),
      ]);
}

const toRaw: Readonly<Record<ElementType, (values: readonly number[]) => ArrayBufferLike>> = {
  float32: (values) => Float32Array.from(values).buffer,
  uint8: (values) => Uint8Array.from(values).buffer,
  int8: (values) => Int8Array.from(values).buffer,
  int32: (values) => Int32Array.from(values).buffer,
  int64: (values) => BigInt64Array.from(values.map(BigInt)).buffer,
  float16: (values) => Uint16Array.from(values, toHalf).buffer,
};

/** Element types by number, as the attribute of `Cast` wants them. */
export function toElementNumber(type: ElementType): number {
  return elementTypes[type];
}

function encodeTensor(tensor: OnnxTensor): Buffer {
  return Buffer.concat([
    ...tensor.dims.map((dim) => toNumber(1, dim)),
    toNumber(2, elementTypes[tensor.type]),
    toText(8, tensor.name),
    toBytes(9, Buffer.from(toRaw[tensor.type]([...tensor.values]))),
    ...(tensor.externalFile === undefined
      ? []
      : [toBytes(13, Buffer.concat([toText(1, 'location'), toText(2, tensor.externalFile)]))]),
  ]);
}

function encodePort(port: OnnxPort): Buffer {
  const shape = Buffer.concat(
    port.dims.map((dim) => toBytes(1, typeof dim === 'number' ? toNumber(1, dim) : toText(2, dim))),
  );
  const tensorType = Buffer.concat([toNumber(1, elementTypes[port.type]), toBytes(2, shape)]);
  return Buffer.concat([toText(1, port.name), toBytes(2, toBytes(1, tensorType))]);
}

function toNumber(field: number, value: number): Buffer {
  return Buffer.concat([toVarint(field * 8), toVarint(value)]);
}

function toText(field: number, text: string): Buffer {
  return toBytes(field, Buffer.from(text, 'utf8'));
}

function toBytes(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([toVarint(field * 8 + 2), toVarint(bytes.length), bytes]);
}

/** Protobuf writes negative numbers as 64-bit two's complement. */
function toVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Buffer.from(bytes);
}
