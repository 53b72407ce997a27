import { cocoLabels } from './coco-labels.ts';
import { toAnchorMap } from './decode-anchors.ts';
import type { ModelFacts } from './model-facts.ts';
import type { OutputValues } from './network.ts';
import type { Reading } from './reading.ts';
import { distanceNumbers } from './undecoded.ts';

/** Anchors that YOLOv5 and YOLOv7 were published with (their model files), in pixels of the input: w, h, w, h, w, h. */
export const publishedAnchors: Readonly<Record<'yolov5' | 'yolov7' | 'yolov5-p6', number[][]>> = {
  yolov5: [
    [10, 13, 16, 30, 33, 23],
    [30, 61, 62, 45, 59, 119],
    [116, 90, 156, 198, 373, 326],
  ],
  yolov7: [
    [12, 16, 19, 36, 40, 28],
    [36, 75, 76, 55, 72, 146],
    [142, 110, 192, 243, 459, 401],
  ],
  'yolov5-p6': [
    [19, 27, 44, 40, 38, 94],
    [96, 68, 86, 152, 180, 137],
    [140, 301, 303, 264, 238, 542],
    [436, 615, 739, 380, 925, 792],
  ],
};

const anchorsPerCell = 3;

/**
 * Readings of YOLOv5's and v7's undecoded maps, one per stride. Their anchors are in no output: a person must name them.
 * `namedLabels` is how many labels are known from names.
 */
export function readAnchorMaps(
  { inputWidth, inputHeight }: ModelFacts,
  outputs: readonly OutputValues[],
  namedLabels: number | null,
): Reading[] {
  const strides = [4, 8, 16, 32, 64];
  const maps = outputs.filter(({ dims }) => {
    const [, , lines, columns] = dims;
    return (
      (dims.length === 5 || dims.length === 4) &&
      strides.some((stride) => lines === inputHeight / stride && columns === inputWidth / stride)
    );
  });
  const [first] = maps;
  if (first === undefined || maps.length < 2) return [];
  const length = first.dims.length === 5 ? (first.dims[4] ?? 0) : (first.dims[1] ?? 0) / anchorsPerCell;
  const labelCount = length - 5;
  const areAlike = maps.every((map) => toAnchorMap(map, labelCount, anchorsPerCell) !== null);
  if (!Number.isInteger(labelCount) || labelCount < 1 || !areAlike) return [];
  // 144 numbers are 64 distances and 80 scores of YOLOv8, or three anchors of 43 labels: names tell, else what is usual.
  const usual = namedLabels ?? cocoLabels.length;
  if (first.dims.length === 4 && labelCount !== usual && first.dims[1] === distanceNumbers + usual) return [];
  return [
    {
      head: 'yolov5',
      labelCount,
      decoded: false,
      reason: `outputs ${maps.map(({ name, dims }) => `"${name}" ${dims.join('x')}`).join(', ')} are maps of three anchors with 4 numbers of a box, objectness and ${labelCount} class scores, before YOLOv5's or v7's last layer`,
      certainty: 2,
      isPlausible: true,
    },
  ];
}
