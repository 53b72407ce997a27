import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';

const strides = [4, 8, 16, 32, 64] as const;
/** Numbers of the distances to a box's four edges that YOLOv8 and its kin give before their last layer: 16 for each. */
export const distanceNumbers = 64;

/**
 * What to do about outputs that come one set per stride, before a model's last layer, in words; `null` when they do not.
 * Whose numbers they are cannot be told well enough from their sizes to read boxes from them.
 */
export function describeUndecoded(facts: ModelFacts, outputs: readonly OutputValues[]): string | null {
  const found = new Set(
    outputs.map((output) => findStride(facts, output)).filter((stride) => stride !== null),
  );
  return found.size < 2
    ? null
    : `it gives undecoded maps of the strides ${[...found].toSorted((a, b) => a - b).join(', ')}, from before its last layer: export it with its boxes decoded, as its own exporter does unless told otherwise`;
}

/** The stride whose grid an output has: C x H x W, H x W x C, or a row for each cell. */
function findStride({ inputWidth, inputHeight }: ModelFacts, { dims }: OutputValues): number | null {
  const isGrid = (stride: number): boolean => {
    const [lines, columns] = [Math.ceil(inputHeight / stride), Math.ceil(inputWidth / stride)];
    if (dims.length === 3) return dims[1] === lines * columns || dims[2] === lines * columns;
    return (
      dims.length === 4 &&
      ((dims[2] === lines && dims[3] === columns) || (dims[1] === lines && dims[2] === columns))
    );
  };
  return strides.find(isGrid) ?? null;
}
