import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { makeTestFolder } from '../../detector/test-support/tiny-card.ts';
import { readCocoDataset } from './read-coco.ts';
import { readYoloDataset } from './read-yolo.ts';

const strict = { limit: null, allowMissing: false };

async function writePicture(file: string, width = 40, height = 20): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const image = sharp({ create: { width, height, channels: 3, background: '#345' } });
  await writeFile(file, await image.jpeg().toBuffer());
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
}

const instances = {
  images: [
    { id: 7, file_name: 'b.jpg', width: 40, height: 20 },
    { id: 3, file_name: 'deep/a.jpg' },
  ],
  categories: [
    { id: 5, name: 'car' },
    { id: 2, name: 'person' },
  ],
  annotations: [
    { image_id: 7, category_id: 2, bbox: [1, 2, 3, 4], area: 9.5, iscrowd: 1 },
    { image_id: 3, category_id: 5, bbox: [0, 0, 10, 10] },
  ],
};

describe('COCO', () => {
  test.each([
    ['instances.json', 'images'],
    ['instances_val2017.json', 'val2017'],
    ['annotations/instances_val2017.json', 'val2017'],
    ['annotations/instances_default.json', 'images/default'],
    ['annotations/instances.json', '.'],
  ])('%s with its pictures in %s', async (file, folder) => {
    const root = await makeTestFolder();
    await writeJson(path.join(root, file), instances);
    await writePicture(path.join(root, folder, 'b.jpg'));
    await writePicture(path.join(root, folder, 'deep/a.jpg'));
    const expected = {
      source: path.join(root, file),
      pictures: [
        { name: 'deep/a.jpg', file: path.join(root, folder, 'deep/a.jpg'), declared: null },
        { name: 'b.jpg', file: path.join(root, folder, 'b.jpg'), declared: { width: 40, height: 20 } },
      ],
      categories: ['car', 'person'],
      truths: [
        { picture: 1, category: 1, box: [1, 2, 3, 4], area: 9.5, isCrowd: true },
        { picture: 0, category: 0, box: [0, 0, 10, 10], area: 100, isCrowd: false },
      ],
      notes: [expect.stringMatching(/without an area/)],
    };
    expect(await readCocoDataset(root, strict)).toEqual(expected);
    expect(await readCocoDataset(path.join(root, file), strict)).toEqual(expected);
    const first = await readCocoDataset(root, { ...strict, limit: 1 });
    expect(first.pictures.map((picture) => picture.name)).toEqual(['deep/a.jpg']);
    expect(first.truths).toEqual([expected.truths[1]]);
  });

  test('missing pictures are counted and named, and left out only when that is allowed', async () => {
    const root = await makeTestFolder();
    await writeJson(path.join(root, 'instances.json'), instances);
    await expect(readCocoDataset(root, strict)).rejects.toThrow(
      /none of the 2 pictures is there; looked in /,
    );
    await writePicture(path.join(root, 'b.jpg'));
    await expect(readCocoDataset(root, strict)).rejects.toMatchObject({
      code: 'bad_dataset',
      message: expect.stringMatching(/^missing 1 of 2 pictures: deep\/a\.jpg; looked in .*--allow-missing/),
    });
    const rest = await readCocoDataset(root, { ...strict, allowMissing: true });
    expect(rest.pictures.map((picture) => picture.name)).toEqual(['b.jpg']);
    expect(rest.truths).toHaveLength(1);
    expect(rest.notes).toContain('left out, missing 1 of 2 pictures: deep/a.jpg');
  });

  test('a name that leads out of the folder is not followed', async () => {
    const root = await makeTestFolder();
    await writePicture(path.join(root, 'outside.jpg'));
    const images = [{ id: 1, file_name: '../outside.jpg' }];
    const annotations = [{ image_id: 1, category_id: 5, bbox: [0, 0, 1, 1] }];
    await writeJson(path.join(root, 'set/instances.json'), { ...instances, images, annotations });
    await expect(readCocoDataset(path.join(root, 'set'), strict)).rejects.toThrow(/none of the 1 pictures/);
  });

  test.each([
    ['{"images": [],\n "annotations" [', /instances\.json: not JSON, line 2, column 16: /],
    ['[]', /the file: must be an object/],
    [{ ...instances, annotations: undefined }, /annotations: must be a list, not missing; is this a COCO/],
    [{ ...instances, annotations: [] }, /annotations: is empty/],
    [{ ...instances, images: [{ id: 7 }] }, /images\[0\]\.file_name: must be a text, not missing/],
    [
      { ...instances, images: [instances.images[0], instances.images[0]] },
      /images\[1\]\.id: 7 is the id of another/,
    ],
    [
      { ...instances, annotations: [{ image_id: 9, category_id: 5, bbox: [0, 0, 1, 1] }] },
      /annotations\[0\]\.image_id: no image has the id 9/,
    ],
    [
      { ...instances, annotations: [{ image_id: 7, category_id: 1, bbox: [0, 0, 1, 1] }] },
      /annotations\[0\]\.category_id: no category has the id 1/,
    ],
    [
      { ...instances, annotations: [{ image_id: 7, category_id: 5, bbox: [0, 0, -1, 1] }] },
      /annotations\[0\]\.bbox: must be \[left, top, width, height\], not \[0,0,-1,1\]/,
    ],
    [
      { ...instances, annotations: [{ image_id: 7, category_id: 5, bbox: [0, 0, 1, 1], area: 'big' }] },
      /annotations\[0\]\.area: must be a number of 0 or more, not "big"/,
    ],
  ])('broken annotations %#', async (value, message) => {
    const root = await makeTestFolder();
    await writeJson(path.join(root, 'instances.json'), value);
    await expect(readCocoDataset(root, strict)).rejects.toMatchObject({
      code: 'bad_dataset',
      message: expect.stringMatching(message),
    });
  });

  test('no folder, no file, too many files', async () => {
    const root = await makeTestFolder();
    await expect(readCocoDataset(path.join(root, 'none'), strict)).rejects.toMatchObject({
      code: 'file_not_found',
      message: expect.stringMatching(/no dataset at .*none: no such file or folder/),
    });
    await expect(readCocoDataset(root, strict)).rejects.toThrow(/has no instances\*\.json/);
    await writeJson(path.join(root, 'annotations/instances_a.json'), instances);
    await writeJson(path.join(root, 'annotations/instances_b.json'), instances);
    await expect(readCocoDataset(root, strict)).rejects.toThrow(
      /2 annotation files \(instances_a\.json, instances_b\.json\); name the one to use/,
    );
  });
});

describe('YOLO', () => {
  async function writeYolo(labels: string, names: { file: string; text: string }): Promise<string> {
    const root = await makeTestFolder();
    await writePicture(path.join(root, 'images/val/a.jpg'));
    await writePicture(path.join(root, 'images/b.jpg'), 100, 50);
    await mkdir(path.join(root, 'labels/val'), { recursive: true });
    await writeFile(path.join(root, 'labels/b.txt'), labels);
    await writeFile(path.join(root, names.file), names.text);
    return root;
  }
  const classes = { file: 'classes.txt', text: 'car\r\nperson\r\n\r\n' };

  test.each([
    classes,
    { file: 'data.yaml', text: 'train: ../train\nnames:\n  0: car\n  1: person\n' },
    { file: 'data.yaml', text: "nc: 2\nnames: ['car', 'person']\n" },
  ])('names from $file', async (names) => {
    const root = await writeYolo('1 0.5 0.5 0.2 0.4\r\n\n0 0.1 0.1 0.3 0.1 0.3 0.5\n', names);
    const { pictures, categories, truths, notes } = await readYoloDataset(root, strict);
    expect(pictures.map((picture) => picture.name)).toEqual(['b.jpg', 'val/a.jpg']);
    expect(categories).toEqual(['car', 'person']);
    const near = (...values: number[]) => values.map((value) => expect.closeTo(value, 9));
    expect(truths).toEqual([
      { picture: 0, category: 1, box: near(40, 15, 20, 20), area: expect.closeTo(400, 9), isCrowd: false },
      { picture: 0, category: 0, box: near(10, 5, 20, 20), area: expect.closeTo(400, 9), isCrowd: false },
    ]);
    expect(notes).toContain('1 pictures have no label file: taken as showing nothing');
  });

  test.each([
    ['2 0.5 0.5 0.1 0.1', /labels\/b\.txt:1: class must be 0 to 1/],
    ['0 0.5 0.5 0.1 0.1\n0 0.5 0.5', /labels\/b\.txt:2: after the class come four numbers/],
    ['0 50 50 10 10', /b\.txt:1: .* all 0-1/],
    ['0 0.5 0.5 0.1 x', /b\.txt:1: /],
    ['\n', /no thing is labelled in 2 pictures/],
  ])('broken labels %j', async (labels, message) => {
    await expect(readYoloDataset(await writeYolo(labels, classes), strict)).rejects.toMatchObject({
      code: 'bad_dataset',
      message: expect.stringMatching(message),
    });
  });

  test.each([
    [{ file: 'data.yaml', text: 'nc: 2\n' }, /data\.yaml: "names" is missing/],
    [{ file: 'data.yaml', text: 'names: [a\n' }, /data\.yaml: /],
    [{ file: 'data.yaml', text: 'names: {1: car}\n' }, /must number the classes 0, 1, 2/],
    [{ file: 'notes.txt', text: '' }, /neither classes\.txt nor data\.yaml/],
  ])('no names %#', async (names, message) => {
    await expect(readYoloDataset(await writeYolo('', names), strict)).rejects.toThrow(message);
  });

  test('no folder', async () => {
    const root = await makeTestFolder();
    await expect(readYoloDataset(path.join(root, 'none'), strict)).rejects.toThrow(/^no dataset at .*none/);
    await writeFile(path.join(root, 'classes.txt'), 'car');
    await expect(readYoloDataset(root, strict)).rejects.toMatchObject({ code: 'file_not_found' });
  });
});
