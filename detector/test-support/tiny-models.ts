import { countCells, strides } from '../grid.ts';
import type { OnnxModel } from './onnx-file.ts';

/** Input edge of the tiny models: grids of 8x8, 4x4 and 2x2 cells. */
export const tinyEdge = 64;
export const tinyCells = countCells(tinyEdge, tinyEdge);

/** One thing that a tiny model sees whatever it is shown. */
export interface TinyThing {
  readonly stride: (typeof strides)[number];
  readonly gridX: number;
  readonly gridY: number;
  /** The four numbers of the box as the layout writes them. */
  readonly numbers: readonly [number, number, number, number];
  readonly objectness?: number;
  /** Class scores by index. */
  readonly scores: Readonly<Record<number, number>>;
}

export function toCellIndex(thing: Pick<TinyThing, 'stride' | 'gridX' | 'gridY'>): number {
  let start = 0;
  for (const stride of strides) {
    const edge = tinyEdge / stride;
    if (stride === thing.stride) return start + thing.gridY * edge + thing.gridX;
    start += edge * edge;
  }
  return start;
}

/** Raw YOLOX rows: cells x (5 + labels). Boxes elsewhere are zero, as are all other scores. */
export function toYoloxRows(things: readonly TinyThing[], labels: number): Float32Array {
  const rows = new Float32Array(tinyCells * (5 + labels));
  for (const thing of things) {
    const at = toCellIndex(thing) * (5 + labels);
    rows.set([...thing.numbers, thing.objectness ?? 1], at);
    for (const [label, score] of Object.entries(thing.scores)) rows[at + 5 + Number(label)] = score;
  }
  return rows;
}

/** YOLOv8 columns: (4 + labels) x cells. */
export function toYolov8Columns(things: readonly TinyThing[], labels: number): Float32Array {
  const columns = new Float32Array(tinyCells * (4 + labels));
  for (const thing of things) {
    const cell = toCellIndex(thing);
    for (const [i, number] of thing.numbers.entries()) columns[i * tinyCells + cell] = number;
    for (const [label, score] of Object.entries(thing.scores))
      columns[(4 + Number(label)) * tinyCells + cell] = score;
  }
  return columns;
}

/** A model that gives these values whatever picture it gets. */
export function toFixedModel(
  values: Float32Array,
  dims: readonly number[],
  extra: { metadata?: Record<string, string>; openInput?: boolean } = {},
): OnnxModel {
  const edge = extra.openInput ? 'edge' : tinyEdge;
  return {
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, edge, edge] }],
    outputs: [{ name: 'output', type: 'float32', dims }],
    constants: [{ name: 'values', type: 'float32', dims, values }],
    nodes: [{ operator: 'Identity', inputs: ['values'], outputs: ['output'] }],
    ...(extra.metadata === undefined ? {} : { metadata: extra.metadata }),
  };
}

/**
 * A YOLOX model with two labels whose one thing has, as objectness, the mean of one plane of the input times `factor`:
 * what it answers shows what reached the tensor.
 */
export function toPlaneModel(plane: 0 | 1 | 2, factor: number, batch: number | string = 1): OnnxModel {
  const labels = 2;
  const dims = [1, tinyCells, 5 + labels];
  const thing: TinyThing = {
    stride: 32,
    gridX: 0,
    gridY: 0,
    numbers: [1, 1, 0, 0],
    objectness: 0,
    scores: { 0: 1 },
  };
  const mask = new Float32Array(tinyCells * (5 + labels));
  mask[toCellIndex(thing) * (5 + labels) + 4] = factor;
  return {
    inputs: [{ name: 'images', type: 'float32', dims: [batch, 3, tinyEdge, tinyEdge] }],
    outputs: [{ name: 'output', type: 'float32', dims: [batch, ...dims.slice(1)] }],
    constants: [
      { name: 'rows', type: 'float32', dims, values: toYoloxRows([thing], labels) },
      { name: 'mask', type: 'float32', dims, values: mask },
      { name: 'plane', type: 'int64', dims: [], values: [plane] },
      { name: 'shape', type: 'int64', dims: [3], values: [-1, 1, 1] },
    ],
    nodes: [
      { operator: 'Gather', inputs: ['images', 'plane'], outputs: ['one'], attributes: { axis: 1 } },
      {
        operator: 'ReduceMean',
        inputs: ['one'],
        outputs: ['mean'],
        attributes: { axes: [1, 2], keepdims: 1 },
      },
      { operator: 'Reshape', inputs: ['mean', 'shape'], outputs: ['level'] },
      { operator: 'Mul', inputs: ['mask', 'level'], outputs: ['seen'] },
      { operator: 'Add', inputs: ['rows', 'seen'], outputs: ['output'] },
    ],
  };
}

/** The same with an open batch of which it sees so many pictures only, and gives zeros for those after them. */
export function toUnrolledModel(plane: 0 | 1 | 2, factor: number, unrolled: number): OnnxModel {
  const whole = toPlaneModel(plane, factor, 'batch');
  const limit = Number.MAX_SAFE_INTEGER;
  return {
    ...whole,
    constants: [
      ...(whole.constants ?? []),
      { name: 'from', type: 'int64', dims: [1], values: [0] },
      { name: 'split', type: 'int64', dims: [1], values: [unrolled] },
      { name: 'end', type: 'int64', dims: [1], values: [limit] },
      { name: 'nothing', type: 'float32', dims: [], values: [0] },
    ],
    nodes: [
      ...whole.nodes.slice(0, -1),
      { operator: 'Add', inputs: ['rows', 'seen'], outputs: ['all'] },
      { operator: 'Slice', inputs: ['all', 'from', 'split'], outputs: ['first'] },
      { operator: 'Slice', inputs: ['all', 'split', 'end'], outputs: ['others'] },
      { operator: 'Mul', inputs: ['others', 'nothing'], outputs: ['zeros'] },
      { operator: 'Concat', inputs: ['first', 'zeros'], outputs: ['output'], attributes: { axis: 0 } },
    ],
  };
}
