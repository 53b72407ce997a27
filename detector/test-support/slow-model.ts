import type { OnnxModel } from './onnx-file.ts';
import { tinyCells, tinyEdge } from './tiny-models.ts';

const edge = 256;

/** A YOLOX model with the tiny card's labels that sees nothing and takes its time: products of matrices that no optimiser can leave out. */
export function toSlowModel(products: number): OnnxModel {
  const dims = [1, tinyCells, 8];
  const matrix = Float32Array.from({ length: edge * edge }, (_, i) => ((i % 7) - 3) / edge);
  const steps = Array.from({ length: products }, (_, i) => ({
    operator: 'MatMul',
    inputs: [`x${i}`, 'matrix'],
    outputs: [`x${i + 1}`],
  }));
  const mean = (from: string, to: string, rank: number) => ({
    operator: 'ReduceMean',
    inputs: [from],
    outputs: [to],
    attributes: { axes: Array.from({ length: rank }, (_, i) => i), keepdims: 0 },
  });
  return {
    inputs: [{ name: 'images', type: 'float32', dims: [1, 3, tinyEdge, tinyEdge] }],
    outputs: [{ name: 'output', type: 'float32', dims }],
    constants: [
      { name: 'nothing', type: 'float32', dims, values: new Float32Array(tinyCells * 8) },
      { name: 'matrix', type: 'float32', dims: [edge, edge], values: matrix },
      { name: 'zero', type: 'float32', dims: [], values: [0] },
    ],
    nodes: [
      mean('images', 'level', 4),
      { operator: 'Mul', inputs: ['level', 'zero'], outputs: ['start'] },
      { operator: 'Add', inputs: ['matrix', 'start'], outputs: ['x0'] },
      ...steps,
      mean(`x${products}`, 'product', 2),
      { operator: 'Mul', inputs: ['product', 'zero'], outputs: ['end'] },
      { operator: 'Add', inputs: ['nothing', 'end'], outputs: ['output'] },
    ],
  };
}
