/** Strides of the three output grids that the YOLO family shares. */
export const strides = [8, 16, 32] as const;

/** Rows that a head with one box per grid cell gives for this input. */
export function countCells(inputWidth: number, inputHeight: number): number {
  return strides.reduce(
    (sum, stride) => sum + Math.floor(inputWidth / stride) * Math.floor(inputHeight / stride),
    0,
  );
}
