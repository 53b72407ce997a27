import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { findFixture } from '../test/support/fixtures.ts';
import { cocoLabels } from './coco-labels.ts';
import { toReader } from './decode-outputs.ts';
import { strides } from './grid.ts';
import { guessHead } from './guess-head.ts';
import { createInputTensor } from './input-tensor.ts';
import type { ModelCard } from './model-card.ts';
import { type OutputValues, openNetwork } from './network.ts';
import { toPlainOutputs } from './plain-outputs.ts';
import { logit } from './test-support/layout-cases.ts';

const weights = findFixture('weights/yolox_nano_416.onnx');
const images = findFixture('coco-val-100/images');
const edge = 416;
const labelCount = cocoLabels.length;
const minScore = 0.1;
const input: ModelCard['input'] = {
  width: edge,
  height: edge,
  colour: 'bgr',
  scale: '0-255',
  padding: { value: 114, align: 'top-left' },
};

/** One cell's answer: centre and size in input pixels, objectness, class scores. */
interface Cell {
  readonly box: readonly [cx: number, cy: number, width: number, height: number];
  readonly objectness: number;
  readonly classes: readonly number[];
}

/** YOLOX's formula, written once more. */
function readCells(rows: Float32Array): Cell[] {
  const length = 5 + labelCount;
  const cells = strides.flatMap((stride) => {
    const side = edge / stride;
    return Array.from({ length: side * side }, (_, i) => [i % side, Math.floor(i / side), stride] as const);
  });
  return cells.map(([x, y, stride], row) => {
    const [dx = 0, dy = 0, dw = 0, dh = 0, objectness = 0, ...classes] = rows.subarray(
      row * length,
      (row + 1) * length,
    );
    const size = [Math.exp(dw) * stride, Math.exp(dh) * stride] as const;
    return { box: [(dx + x) * stride, (dy + y) * stride, ...size], objectness, classes };
  });
}

const toScores = ({ objectness, classes }: Cell): number[] => classes.map((each) => each * objectness);
const toCorners = ({ box: [cx, cy, width, height] }: Cell): number[] => [
  cx - width / 2,
  cy - height / 2,
  cx + width / 2,
  cy + height / 2,
];
const toParts = (values: readonly number[]): number[] => values.map((value) => value / edge);

/** What a model with suppression inside would give: the sure cells, best label alone. */
interface Sure {
  readonly corners: readonly number[];
  readonly centred: readonly number[];
  readonly score: number;
  readonly label: number;
}

function listSure(cells: readonly Cell[]): Sure[] {
  return cells.flatMap((cell) => {
    const scores = toScores(cell);
    const score = Math.max(...scores);
    return score < minScore
      ? []
      : [{ corners: toCorners(cell), centred: [...cell.box], score, label: scores.indexOf(score) }];
  });
}

function table(name: string, rows: readonly (readonly number[])[], type = 'float32'): OutputValues {
  return { name, type, dims: [1, rows.length, rows[0]?.length ?? 0], data: Float32Array.from(rows.flat()) };
}

function list(name: string, values: readonly number[], type = 'float32'): OutputValues {
  return { name, type, dims: [1, values.length], data: Float32Array.from(values) };
}

function flip({ name, type, dims: [, rows = 0, columns = 0], data }: OutputValues): OutputValues {
  const turned = Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)] as number,
  );
  return { name, type, dims: [1, columns, rows], data: turned };
}

const oneHot = ({ label, score }: Sure, rest: number, toValue: (score: number) => number): number[] =>
  cocoLabels.map((_, i) => (i === label ? toValue(score) : rest));

/** The same answers as other programs write them. */
const rewrites: Readonly<Record<string, (cells: readonly Cell[], sure: readonly Sure[]) => OutputValues[]>> =
  {
    'yolox, decoded': (cells) => [
      table(
        'output',
        cells.map(({ box, objectness, classes }) => [...box, objectness, ...classes]),
      ),
    ],
    'yolov5, two anchors of each cell idle': (cells) => [
      table(
        'output0',
        [1, 0, 0].flatMap((factor) =>
          cells.map(({ box, objectness, classes }) => [...box, factor * objectness, ...classes]),
        ),
      ),
    ],
    yolov6: (cells) => [
      table(
        'outputs',
        cells.map((cell) => [...cell.box, 1, ...toScores(cell)]),
      ),
    ],
    yolov8: (cells) => [
      flip(
        table(
          'output0',
          cells.map((cell) => [...cell.box, ...toScores(cell)]),
        ),
      ),
    ],
    'yolov8, a row per box, 0-1': (cells) => [
      table(
        'output0',
        cells.map((cell) => [...toParts(cell.box), ...toScores(cell)]),
      ),
    ],
    'yolo-nas': (cells) => [table('boxes', cells.map(toCorners)), table('scores', cells.map(toScores))],
    'pp-yoloe without its suppression': (cells) => [
      table('concat_11.tmp_0', cells.map(toCorners)),
      flip(table('concat_12.tmp_0', cells.map(toScores))),
    ],
    yolov4: (cells) => {
      const boxes = table(
        'boxes',
        cells.map((cell) => toParts(toCorners(cell))),
      );
      return [{ ...boxes, dims: [1, cells.length, 1, 4] }, table('confs', cells.map(toScores))];
    },
    yolov10: (_, sure) => [
      table(
        'output0',
        sure.map(({ corners, score, label }) => [...corners, score, label]),
      ),
    ],
    'yolov7 with suppression': (_, sure) => {
      const rows = table(
        'output',
        sure.map(({ corners, score, label }) => [0, ...corners, label, score]),
      );
      return [{ ...rows, dims: [sure.length, 7] }];
    },
    'yolo-nas with suppression': (_, sure) => {
      const rows = table(
        'graph2_flat_predictions',
        sure.map(({ corners, score, label }) => [0, ...corners, score, label]),
      );
      return [{ ...rows, dims: [sure.length, 7] }];
    },
    mmdetection: (_, sure) => [
      table(
        'dets',
        sure.map(({ corners, score }) => [...corners, score]),
      ),
      list(
        'labels',
        sure.map(({ label }) => label),
        'int64',
      ),
    ],
    'rt-detr': (_, sure) => [
      list(
        'labels',
        sure.map(({ label }) => label),
        'int64',
      ),
      table(
        'boxes',
        sure.map(({ corners }) => toParts(corners)),
      ),
      list(
        'scores',
        sure.map(({ score }) => score),
      ),
    ],
    'd-fine, logits and boxes': (_, sure) => [
      table(
        'logits',
        sure.map((each) => oneHot(each, -9, logit)),
      ),
      table(
        'pred_boxes',
        sure.map(({ centred }) => toParts(centred)),
      ),
    ],
    'detr, nothing as one class more': (_, sure) => [
      table(
        'logits',
        sure.map((each) => [...oneHot(each, -30, Math.log), Math.log(1 - each.score)]),
      ),
      table(
        'pred_boxes',
        sure.map(({ centred }) => toParts(centred)),
      ),
    ],
  };

describe.skipIf(weights === null || images === null)(
  "YOLOX-nano's answers in other programs' layouts",
  () => {
    const raw: OutputValues[] = [];

    beforeAll(async () => {
      const network = await openNetwork(weights ?? '');
      const tensor = createInputTensor(input);
      const file = path.join(images ?? '', '000000184324.jpg');
      const fitted = sharp(file).toColourspace('srgb').removeAlpha().resize(edge, edge, { fit: 'inside' });
      const { data, info } = await fitted.raw().toBuffer({ resolveWithObject: true });
      tensor.write({ pixels: data, pixelWidth: info.width, pixelHeight: info.height }, 0);
      const run = await network.run({ images: tensor.take(1) });
      raw.push(...run.outputs.map((output) => ({ ...output, data: output.data.slice() })));
      run.dispose();
      await network.release();
    });

    /** Reads outputs as `models add` and the detector would. */
    function read(outputs: readonly OutputValues[]) {
      const trial = toPlainOutputs(outputs);
      const facts = {
        inputs: [{ name: 'images', type: 'float32', dims: [1, 3, edge, edge] }],
        outputs,
        metadata: {},
        picture: null,
        inputWidth: edge,
        inputHeight: edge,
        sizeFrom: 'the file',
        trial,
        targetSize: null,
      } as const;
      const { head, decoded, layout } = guessHead(facts, 'model.onnx', labelCount, {});
      const card: ModelCard = {
        name: 'model',
        file: 'model.onnx',
        sha256: '',
        licence: '',
        head,
        ...(decoded !== undefined && { decoded }),
        ...(layout !== undefined && { layout }),
        input,
        labels: [...cocoLabels],
        classMap: {},
        thresholds: { score: minScore, nmsIou: 1 },
      };
      const boxes = toReader(card, { minScore, everyLabel: false }).find(trial, 0)?.() ?? [];
      return boxes.toSorted((a, b) => b.score - a.score || a.x1 - b.x1);
    }

    test.each(['yolox, raw', ...Object.keys(rewrites)])('%s: the same boxes', (name) => {
      const cells = readCells(raw[0]?.data ?? new Float32Array());
      const sure = listSure(cells);
      const expected = sure.toSorted(
        (a, b) => b.score - a.score || (a.corners[0] ?? 0) - (b.corners[0] ?? 0),
      );
      const found = read(rewrites[name]?.(cells, sure) ?? raw);
      expect(expected.length).toBeGreaterThan(10);
      expect(found.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
      for (const [i, { x1, y1, x2, y2, score }] of found.entries()) {
        expect(Math.abs(score - (expected[i]?.score ?? -1))).toBeLessThan(1e-4);
        for (const [k, value] of [x1, y1, x2, y2].entries())
          expect(Math.abs(value - (expected[i]?.corners[k] ?? Number.NaN))).toBeLessThan(1e-3);
      }
    });
  },
);
