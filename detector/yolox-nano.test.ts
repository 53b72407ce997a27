import { readFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isObjectClass, toIou } from '../domain/mod.ts';
import { findFixture } from '../test/support/fixtures.ts';
import { cocoLabels, type Detector, loadModel, openDetector, type Picture } from './mod.ts';
import { detectPlainly } from './test-support/plain-yolox.ts';
import { quietLogger } from './test-support/tiny-card.ts';

const weights = findFixture('weights/yolox_nano_416.onnx');
const coco = findFixture('coco-val-100/instances.json');
const edge = 416;

interface Annotations {
  images: { id: number; file_name: string; width: number; height: number }[];
  annotations: {
    image_id: number;
    category_id: number;
    bbox: [number, number, number, number];
    area: number;
    iscrowd: number;
  }[];
  categories: { id: number; name: string }[];
}

async function readPicture(file: string, maxEdge: number | null): Promise<Picture> {
  const image = sharp(file).toColourspace('srgb').removeAlpha();
  const fitted = maxEdge === null ? image : image.resize(maxEdge, maxEdge, { fit: 'inside' });
  const { data, info } = await fitted.raw().toBuffer({ resolveWithObject: true });
  return { pixels: data, pixelWidth: info.width, pixelHeight: info.height };
}

describe.skipIf(weights === null || coco === null)('YOLOX-nano on real pictures', () => {
  const folder = path.join(path.dirname(coco ?? ''), 'images');
  const pictures = ['000000005001.jpg', '000000030213.jpg', '000000184324.jpg', '000000025986.jpg'];
  let detector: Detector;

  beforeAll(async () => {
    detector = await openDetector({ model: await loadModel(weights ?? ''), workers: 1, logger: quietLogger });
  });
  afterAll(() => detector.close());

  test.each(pictures)('%s: the same boxes as a plain reference', async (name) => {
    const picture = await readPicture(path.join(folder, name), edge);
    const labels = new Set(cocoLabels.flatMap((label, i) => (isObjectClass(label) ? [i] : [])));
    const expected = await detectPlainly(weights ?? '', picture, edge, labels);
    const found = await detector.detect(picture);
    expect(found.map((each) => each.class)).toEqual(expected.map((each) => cocoLabels[each.label]));
    for (const [i, each] of found.entries()) {
      expect(Math.abs(each.score - (expected[i]?.score ?? 0))).toBeLessThan(1e-4);
      for (const [k, value] of each.box.entries())
        expect(Math.abs(value - (expected[i]?.box[k] ?? -1))).toBeLessThan(2e-5);
    }
  });

  test('large things of known classes are found, from pictures resized here', async () => {
    const { images, annotations, categories } = JSON.parse(await readFile(coco ?? '', 'utf8')) as Annotations;
    const names = new Map(categories.map((category) => [category.id, category.name]));
    let large = 0;
    let found = 0;
    for (const image of images.slice(0, 40)) {
      const wanted = annotations.filter((truth) => {
        const isLarge = truth.area > 0.05 * image.width * image.height;
        return (
          truth.image_id === image.id &&
          truth.iscrowd === 0 &&
          isLarge &&
          isObjectClass(names.get(truth.category_id) ?? '')
        );
      });
      if (wanted.length === 0) continue;
      const seen = await detector.detect(await readPicture(path.join(folder, image.file_name), null));
      for (const truth of wanted) {
        const [x, y, width, height] = truth.bbox;
        const box = [
          x / image.width,
          y / image.height,
          (x + width) / image.width,
          (y + height) / image.height,
        ] as const;
        const isFound = seen.some(
          (each) => each.class === names.get(truth.category_id) && toIou(each.box, box) > 0.5,
        );
        large++;
        if (isFound) found++;
      }
    }
    expect(large).toBeGreaterThan(20);
    expect(found / large).toBeGreaterThan(0.9);
  });
});
