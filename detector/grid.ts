/** Sets of strides of the output grids in the YOLO family, the common one first; then P6, P2 and both. */
export const strideSets = [
  [8, 16, 32],
  [8, 16, 32, 64],
  [4, 8, 16, 32],
  [4, 8, 16, 32, 64],
] as const satisfies readonly (readonly number[])[];

export const strides = strideSets[0];

/** The same with the small models that have two grids only (YOLOv3-tiny); too alike to queries to be looked for among rows. */
export const allStrideSets = [...strideSets, [16, 32]] as const satisfies readonly (readonly number[])[];

/** Grid cells that these strides lay over an input. */
export function countCells(
  inputWidth: number,
  inputHeight: number,
  used: readonly number[] = strides,
): number {
  return used.reduce(
    (sum, stride) => sum + Math.floor(inputWidth / stride) * Math.floor(inputHeight / stride),
    0,
  );
}

/** The strides whose grids have this many cells, or `null`. */
export function findStrides(
  inputWidth: number,
  inputHeight: number,
  cells: number,
  sets: readonly (readonly number[])[] = strideSets,
): readonly number[] | null {
  return sets.find((set) => countCells(inputWidth, inputHeight, set) === cells) ?? null;
}
