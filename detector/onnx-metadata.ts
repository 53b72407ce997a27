import { readFile } from 'node:fs/promises';

/** Fields of ModelProto and StringStringEntryProto (onnx.proto3). */
const metadataProps = 14;
const entryKey = 1;
const entryValue = 2;

/** Fields of GraphProto and TensorProto. */
const modelGraph = 7;
const graphInitializer = 5;
const tensorExternalData = 13;

const varint = 0;
const fixed64 = 1;
const lengthDelimited = 2;
const fixed32 = 5;

/**
 * Reads the key-value metadata that exporters embed in an ONNX file; the runtime's Node binding does not show it.
 * A file that is no protobuf gives what could be read up to there: whether it is a model at all is the runtime's to say.
 */
export async function readOnnxMetadata(file: string): Promise<Record<string, string>> {
  const bytes = await readFile(file);
  const metadata: Record<string, string> = {};
  for (const field of readFields(bytes)) {
    if (field.number !== metadataProps) continue;
    const { key, value } = readEntry(field.bytes);
    if (key !== undefined) metadata[key] = value;
  }
  return metadata;
}

/** Names of the other files in which a model keeps its weights; none for most. */
export async function listExternalFiles(file: string): Promise<string[]> {
  const names = new Set<string>();
  for (const graph of readFields(await readFile(file)))
    if (graph.number === modelGraph)
      for (const tensor of readFields(graph.bytes))
        if (tensor.number === graphInitializer)
          for (const part of readFields(tensor.bytes)) {
            if (part.number !== tensorExternalData) continue;
            const { key, value } = readEntry(part.bytes);
            if (key === 'location') names.add(value);
          }
  return [...names];
}

function readEntry(bytes: Buffer): { key: string | undefined; value: string } {
  const entry = new Map([...readFields(bytes)].map((part) => [part.number, part.bytes.toString('utf8')]));
  return { key: entry.get(entryKey), value: entry.get(entryValue) ?? '' };
}

/** Yields the length-delimited fields of one protobuf message and skips over the others. */
function* readFields(bytes: Buffer): Generator<{ number: number; bytes: Buffer }> {
  let at = 0;
  while (at < bytes.length) {
    const tag = readVarint(bytes, at);
    if (tag === null) return;
    at = tag.next;
    switch (tag.value % 8) {
      case varint: {
        const value = readVarint(bytes, at);
        if (value === null) return;
        at = value.next;
        break;
      }
      case fixed64:
        at += 8;
        break;
      case lengthDelimited: {
        const length = readVarint(bytes, at);
        if (length === null || length.next + length.value > bytes.length) return;
        at = length.next + length.value;
        yield { number: Math.floor(tag.value / 8), bytes: bytes.subarray(length.next, at) };
        break;
      }
      case fixed32:
        at += 4;
        break;
      default:
        return;
    }
  }
}

const maxVarintBytes = 10;

function readVarint(bytes: Buffer, start: number): { value: number; next: number } | null {
  let value = 0;
  for (let i = 0; i < maxVarintBytes; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return null;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, next: start + i + 1 };
  }
  return null;
}
