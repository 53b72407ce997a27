import { describe, expect, test } from 'vitest';
import type { CardWishes } from './card-wishes.ts';
import type { ModelCard } from './model-card.ts';
import { guessHere } from './test-support/guess-here.ts';
import {
  car,
  cellBox,
  cells,
  centred,
  centred01,
  corners,
  detect,
  flip,
  labels,
  logit,
  names,
  one,
  paint,
  parts,
  targetSizes,
  toRows,
  v8Rows,
  write,
} from './test-support/layout-cases.ts';
import type { LayoutModelOptions, LayoutOutput } from './test-support/layout-model.ts';

interface Layout {
  readonly name: string;
  readonly outputs: readonly LayoutOutput[];
  readonly sides?: LayoutModelOptions['sides'];
  readonly scaledBy?: LayoutModelOptions['scaledBy'];
  readonly card: Partial<Omit<ModelCard, 'input'>>;
  readonly wishes?: CardWishes;
}

const v5Rows = (count: number) =>
  toRows(count, 9, [...centred, 0.625, 0.02, 0.8, 0.02], (i) => [...cellBox(i), 0.01, 0, 0.5, 0]);
const e2eRows = toRows(30, 0, [...corners, 0.5, 1], (i) => [i, i, i + 9.5, i + 8, 0.02, i % 3]);
const cornerRows = (count: number) =>
  toRows(count, 9, [...corners, 0.01, 0.5, 0.01], (i) => {
    const [cx = 0, cy = 0] = cellBox(i);
    return [cx - 4, cy - 4, cx + 4, cy + 4, 0, 0.01, 0];
  });
const splitRows = (rows: readonly number[]): LayoutOutput[] => [
  { name: 'output', dims: [1, rows.length / 7, 4], values: rows.filter((_, i) => i % 7 < 4) },
  { name: '913', dims: [1, rows.length / 7, 3], values: rows.filter((_, i) => i % 7 >= 4) },
];
const queryBoxes = toRows(20, 4, centred01, () => [0.5, 0.5, 0.25, 0.25]);
const queryScores = toRows(20, 4, [logit(0.01), 0, logit(0.02)], () => [-5, -6, -5]);

const tinyAnchors = [32, 64, 128].map((edge) => [edge, edge, 10, 20, 20, 10]);

const layouts: Layout[] = [
  {
    name: 'yolox, raw',
    // centre (2, 1) of stride 16: (2 + 0) * 16 = 32, (1 + 0.5) * 16 = 24, size exp(ln 2) * 16
    outputs: one(
      [cells, 8],
      toRows(cells, 64 + 4 + 2, [0, 0.5, Math.log(2), Math.log(2), 0.625, 0, 0.8, 0], () => [
        0.5, 0.5, -1, 1, 0.01, 0, 0, 0,
      ]),
    ),
    card: { head: 'yolox', decoded: false },
  },
  { name: 'yolox, decoded', outputs: one([cells, 8], v5Rows(cells)), card: { head: 'yolox', decoded: true } },
  {
    name: 'yolov6, objectness 1',
    outputs: one(
      [cells, 8],
      toRows(cells, 9, [...centred, 1, 0.02, 0.5, 0.02], (i) => [...cellBox(i), 1, 0, 0, 0]),
    ),
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5',
    outputs: one([3 * cells, 8], v5Rows(3 * cells)),
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5 P6',
    outputs: one([3 * (cells + 1), 8], v5Rows(3 * (cells + 1))),
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5, its maps beside it',
    outputs: [
      ...one([3 * cells, 8], v5Rows(3 * cells)),
      ...[8, 4, 2].map((edge) => ({
        name: `map${edge}`,
        dims: [1, 3, edge, edge, 8],
        values: new Float32Array(24 * edge * edge),
      })),
    ],
    card: { head: 'yolov5', decoded: true },
  },
  {
    name: 'yolov5, undecoded maps',
    outputs: [8, 4, 2].map((edge) => {
      const row = [0.75, 0.75, 0.5, 0.5, 0.625, 0.02, 0.8, 0.02].map(logit);
      const at = edge === 8 ? 2 * 8 + 3 : -1; // first anchor, line 2, column 3
      return {
        name: `map${edge}`,
        dims: [1, 3, edge, edge, 8],
        values: toRows(3 * edge * edge, at, row, () => Array(8).fill(-9)),
      };
    }),
    card: { head: 'yolov5', decoded: false, layout: { anchors: tinyAnchors } },
    wishes: { anchors: tinyAnchors },
  },
  {
    name: 'yolov5, 0-1 of the input',
    outputs: one(
      [3 * cells, 8],
      v5Rows(3 * cells).map((value, i) => (i % 8 < 4 ? value / 64 : value)),
    ),
    card: { head: 'yolov5', decoded: true, layout: { normalised: true } },
  },
  { name: 'yolov8', outputs: one([7, cells], flip(v8Rows, 7)), card: { head: 'yolov8' } },
  {
    name: 'yolov8 with two grids, as YOLOv3-tiny has them',
    outputs: one(
      [7, 20],
      flip(
        toRows(20, 9, [...centred, 0.01, 0.5, 0.01], (i) => [...cellBox(i), 0, 0.01, 0]),
        7,
      ),
    ),
    card: { head: 'yolov8' },
  },
  {
    name: 'yolov8, a row per box',
    outputs: one([cells, 7], v8Rows),
    card: { head: 'yolov8', layout: { transposed: true } },
  },
  {
    name: 'yolov8 with corners',
    outputs: one([7, cells], flip(cornerRows(cells), 7)),
    card: { head: 'yolov8', layout: { corners: true } },
  },
  {
    name: 'yolov8 with corners, a row per box',
    outputs: one([cells, 7], cornerRows(cells)),
    card: { head: 'yolov8', layout: { transposed: true, corners: true } },
  },
  {
    name: 'yolov8 with corners, three columns per cell',
    outputs: one([7, 3 * cells], flip(cornerRows(3 * cells), 7)),
    card: { head: 'yolov8', layout: { corners: true } },
  },
  {
    name: 'yolov8, boxes and class scores apart',
    outputs: splitRows(v8Rows),
    card: { head: 'yolov8', layout: { transposed: true } },
  },
  {
    name: 'yolov8, corners and class scores apart, as YOLO-NAS has them',
    outputs: splitRows(cornerRows(cells)),
    card: { head: 'yolov8', layout: { transposed: true, corners: true } },
  },
  {
    name: 'yolov8, corners and scores class by class, as PP-YOLOE has them',
    outputs: splitRows(cornerRows(cells)).map((each) =>
      each.dims[2] === 4 ? each : { ...each, dims: [1, 3, cells], values: flip([...each.values], 3) },
    ),
    card: { head: 'yolov8', layout: { transposed: true, corners: true } },
  },
  {
    name: 'yolov8, 0-1 of the input',
    outputs: one(
      [7, cells],
      flip(
        v8Rows.map((value, i) => (i % 7 < 4 ? value / 64 : value)),
        7,
      ),
    ),
    card: { head: 'yolov8', layout: { normalised: true } },
  },
  { name: 'yolo-e2e', outputs: one([30, 6], e2eRows), card: { head: 'yolo-e2e' } },
  {
    name: 'yolo-e2e, 0-1 of the input',
    outputs: one(
      [30, 6],
      e2eRows.map((value, i) => (i % 6 < 4 ? value / 64 : value)),
    ),
    card: { head: 'yolo-e2e', layout: { normalised: true } },
  },
  {
    name: 'detr, rows with the class first',
    outputs: one(
      [30, 6],
      e2eRows.map((_, i) => e2eRows[i - (i % 6) + ([5, 0, 1, 2, 3, 4][i % 6] as number)] as number),
    ),
    card: { head: 'detr', layout: { order: 'class-xyxy-score' } },
  },
  {
    name: 'yolov7 with its suppression',
    outputs: [{ name: 'output', dims: [1, 7], values: [0, ...corners, 1, 0.5] }],
    card: { head: 'yolo-e2e', layout: { order: 'batch-xyxy-class-score' } },
  },
  {
    name: 'yolo-nas with its suppression, one row per box of any picture',
    outputs: [{ name: 'graph2_flat_predictions', dims: [1, 7], values: [0, ...corners, 0.5, 1] }],
    card: { head: 'yolo-e2e', layout: { order: 'batch-xyxy-score-class' } },
  },
  {
    name: 'yolo-nas with its suppression in four outputs',
    outputs: [
      { name: 'graph2_num_predictions', type: 'int64', dims: [1, 1], values: [10] },
      ...parts(64).map((each) => ({
        ...each,
        name:
          {
            boxes: 'graph2_pred_boxes',
            scores: 'graph2_pred_scores',
            labels: 'graph2_pred_classes',
          }[each.name] ?? '',
      })),
    ],
    card: { head: 'yolo-e2e' },
  },
  {
    name: 'yolo with suppression in four outputs',
    outputs: [
      { name: 'num_dets', type: 'int32', dims: [1, 1], values: [10] },
      ...parts(64).map((each) => ({
        ...each,
        name: { boxes: 'det_boxes', scores: 'det_scores', labels: 'det_classes' }[each.name] ?? '',
      })),
    ],
    card: { head: 'yolo-e2e' },
  },
  {
    name: 'yolo with suppression, told by the count of its boxes alone',
    outputs: [...parts(64), { name: 'num_dets', type: 'int64', dims: [1, 1], values: [10] }],
    card: { head: 'yolo-e2e' },
  },
  {
    name: 'yolo-e2e, the score a fifth number of the box, as MMDetection has it',
    outputs: [
      {
        name: 'dets',
        dims: [1, 10, 5],
        values: toRows(10, 3, [...corners, 0.5], (i) => [i, i, i + 9.5, i + 8, 0.02]),
      },
      { name: 'labels', type: 'int64', dims: [1, 10], values: toRows(10, 3, [1], (i) => [i % 3]) },
    ],
    card: { head: 'yolo-e2e' },
  },
  {
    name: 'yolov8, an auxiliary head before the main one, as YOLOv9 has them',
    outputs: [
      { name: 'output0', dims: [1, 7, cells], values: flip(v8Rows, 7).map((value) => value / 2) },
      { name: 'output1', dims: [1, 7, cells], values: flip(v8Rows, 7) },
    ],
    card: { head: 'yolov8' },
  },
  {
    name: 'yolov8, corners 0-1 with an idle axis and class scores apart, as YOLOv4 has them',
    outputs: [
      {
        name: 'boxes',
        dims: [1, cells, 1, 4],
        values: cornerRows(cells).flatMap((value, i) => (i % 7 < 4 ? [value / 64] : [])),
      },
      { name: 'confs', dims: [1, cells, 3], values: cornerRows(cells).filter((_, i) => i % 7 >= 4) },
    ],
    card: { head: 'yolov8', layout: { transposed: true, corners: true, normalised: true } },
  },
  {
    name: 'detr with orig_target_sizes',
    outputs: parts(1),
    sides: [targetSizes],
    scaledBy: { input: 'orig_target_sizes' },
    card: { head: 'detr' },
  },
  {
    name: 'detr, boxes, scores and labels without it',
    outputs: parts(1),
    card: { head: 'detr', layout: { normalised: true } },
  },
  {
    name: 'detr, logits and boxes',
    outputs: [
      { name: 'pred_logits', dims: [1, 20, 3], values: queryScores },
      { name: 'pred_boxes', dims: [1, 20, 4], values: queryBoxes },
    ],
    card: { head: 'detr', layout: { scores: 'sigmoid' } },
  },
  {
    name: 'detr, both in one output',
    outputs: one(
      [20, 7],
      toRows(20, 4, [...centred01, 0.01, 0.5, 0.02], () => [0.5, 0.5, 0.25, 0.25, 0.01, 0.02, 0]),
    ),
    card: { head: 'detr' },
  },
  {
    name: 'detr, selected rows of centre and size',
    outputs: one(
      [30, 6],
      toRows(30, 0, [...centred01, 0.5, 1], (i) => [0.5, 0.5, 0.25, 0.125, 0.02, i % 3]),
    ),
    card: { head: 'detr', layout: { order: 'cxcywh-score-class', normalised: true } },
  },
  {
    name: 'detr of Paddle',
    outputs: [
      { name: 'rows', dims: [1, 6], values: [1, 0.5, ...corners] },
      { name: 'count', type: 'int32', dims: [1], values: [1] },
    ],
    sides: [
      { name: 'im_shape', type: 'float32', dims: [1, 2] },
      { name: 'scale_factor', type: 'float32', dims: [1, 2] },
    ],
    card: { head: 'detr', layout: { order: 'class-score-xyxy' } },
  },
];

describe.each(layouts)('$name', ({ outputs, sides, scaledBy, card: expected, wishes }) => {
  const options = { outputs, ...(sides && { sides }), ...(scaledBy && { scaledBy }), metadata: { names } };

  test('is understood, and its car found where it is', async () => {
    const file = await write(options);
    const { card } = await guessHere(file, wishes);
    expect(card).toMatchObject({ ...expected, labels, classMap: { person: 'person', car: 'car' } });
    expect(card.layout).toEqual(expected.layout);
    expect(await detect(card, file, [paint(0)])).toEqual([[car]]);
  });
});
