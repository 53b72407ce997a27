import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { computeCocoAp } from './coco-ap.ts';
import type { Found, PixelBox, Truth } from './dataset.ts';

/** Compares with COCO's own program on random things. `PYTHON` names the interpreter that has pycocotools. */
const python = process.env['PYTHON'] ?? 'python3';
const hasTools = spawnSync(python, ['-c', 'import pycocotools']).status === 0;
if (!hasTools)
  process.stderr.write(
    `skipped: ${python} has no pycocotools (pip install pycocotools; PYTHON names another)\n`,
  );

const program = `
import contextlib, io, json, sys
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
answers = []
for case in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = case["truth"]
        truth.createIndex()
        if case["found"]:
            found = truth.loadRes(case["found"])
        else:
            found = COCO()
        run = COCOeval(truth, found, "bbox")
        run.evaluate()
        run.accumulate()
        run.summarize()
    answers.append(list(map(float, run.stats)))
print(json.dumps(answers))
`;

function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const pictures = 6;
const categories = 4;

/** Whole-pixel boxes near a few places, coarse scores: overlaps and scores tie often. The last category is never marked. */
function makeCase(seed: number): { truths: Truth[]; found: Found[] } {
  const random = createRandom(seed);
  const toBox = (): PixelBox => {
    const edge = [12, 40, 120][random(3)] as number;
    return [random(4) * 60 + random(5), random(3) * 60 + random(5), edge + random(8), edge + random(8)];
  };
  const truths = Array.from({ length: random(60) + 1 }, (): Truth => {
    const box = toBox();
    return {
      picture: random(pictures),
      category: random(categories - 1),
      box,
      area: box[2] * box[3] * (0.4 + random(7) / 10),
      isCrowd: random(8) === 0,
    };
  });
  const found = Array.from({ length: 20 + random(900) }, (): Found => {
    const near = truths[random(truths.length)] as Truth;
    const copies = random(2) === 0;
    return {
      picture: copies ? near.picture : random(pictures),
      category: copies && random(5) > 0 ? near.category : random(categories),
      box: copies
        ? [near.box[0] + random(9) - 4, near.box[1], near.box[2] + random(9), near.box[3]]
        : toBox(),
      score: (1 + random(40)) / 41,
    };
  });
  return { truths, found: found.toSorted((a, b) => a.picture - b.picture) };
}

test.skipIf(!hasTools)(
  'the twelve figures of pycocotools, to a billionth',
  () => {
    const cases = Array.from({ length: 60 }, (_none, seed) => makeCase(seed + 1));
    const input = cases.map(({ truths, found }) => ({
      truth: {
        images: Array.from({ length: pictures }, (_none, id) => ({ id: id + 1 })),
        categories: Array.from({ length: categories }, (_none, id) => ({ id: id + 1 })),
        annotations: truths.map(({ picture, category, box, area, isCrowd }, id) => ({
          id: id + 1,
          image_id: picture + 1,
          category_id: category + 1,
          bbox: box,
          area,
          iscrowd: Number(isCrowd),
        })),
      },
      found: found.map(({ picture, category, box, score }) => ({
        image_id: picture + 1,
        category_id: category + 1,
        bbox: box,
        score,
      })),
    }));
    const run = spawnSync(python, ['-c', program], {
      input: JSON.stringify(input),
      encoding: 'utf8',
      maxBuffer: 1e8,
      timeout: 120_000,
    });
    expect(run.status, run.stderr).toBe(0);
    const answers = JSON.parse(run.stdout) as number[][];
    expect(answers.length).toBe(cases.length);
    for (const [i, { truths, found }] of cases.entries()) {
      const ours = Object.values(computeCocoAp(truths, found, categories).figures);
      expect(ours.length).toBe(12);
      for (const [k, value] of ours.entries())
        expect(Math.abs(value - (answers[i]?.[k] ?? Number.NaN)), `case ${i}, figure ${k}`).toBeLessThan(
          1e-9,
        );
    }
  },
  180_000,
);
