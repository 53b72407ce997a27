import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeTestFolder } from '../detector/test-support/tiny-card.ts';
import { parseAnchors, parseMapping, parseSize, parseThree, readLabelFile } from './mod.ts';

describe('files of labels', () => {
  test.each<[string, string, string[]]>([
    ['coco.txt', 'person\r\n\r\n traffic light \n', ['person', 'traffic light']],
    ['voc.names', '\uFEFFcar\nbus', ['car', 'bus']],
    ['data.yaml', 'path: x\nnc: 2\nnames: [car, bus]\n', ['car', 'bus']],
    ['data.yml', 'names:\n  0: car\n  1: bus\n', ['car', 'bus']],
    ['list.yaml', '- car\n- bus\n', ['car', 'bus']],
    ['labels.json', '{"1": "bus", "0": "car"}', ['car', 'bus']],
  ])('%s', async (name, text, labels) => {
    const file = path.join(await makeTestFolder(), name);
    await writeFile(file, text);
    expect(await readLabelFile(file)).toEqual(labels);
  });

  test.each([
    ['empty.txt', '\n', /empty\.txt: no label in it/],
    ['odd.yaml', 'names: 3\n', /expected a list of labels, or labels by number/],
    ['broken.yaml', 'names: [car\n', /broken\.yaml: /],
    ['gap.json', '{"0": "car", "2": "bus"}', /labels by number from 0/],
  ])('%s is refused', async (name, text, message) => {
    const file = path.join(await makeTestFolder(), name);
    await writeFile(file, text);
    await expect(readLabelFile(file)).rejects.toMatchObject({
      code: 'bad_argument',
      message: expect.stringMatching(message),
    });
  });

  test('that are not there', async () => {
    await expect(readLabelFile('/nowhere/names.txt')).rejects.toMatchObject({ code: 'file_not_found' });
  });
});

describe('words of the command line', () => {
  test('what they mean', () => {
    expect(parseSize('640x384')).toEqual([640, 384]);
    expect(parseSize('416')).toEqual([416, 416]);
    expect(parseThree('mean', '0.485, 0.456,0.406')).toEqual([0.485, 0.456, 0.406]);
    expect(parseMapping('van=car')).toEqual(['van', 'car']);
    expect(parseMapping('a=b=goods')).toEqual(['a=b', 'goods']);
    expect(parseMapping('bus=')).toEqual(['bus', null]);
    expect(parseAnchors('yolov7')).toHaveLength(3);
    expect(parseAnchors('1,2,3,4;5,6,7,8')).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ['a size', () => parseSize('640 by 384'), /--size 640 by 384: expected WIDTHxHEIGHT/],
    ['numbers', () => parseThree('std', '1,2'), /--std 1,2: expected red,green,blue/],
    ['a mapping', () => parseMapping('car'), /--map car: expected LABEL=CLASS/],
    ['a class', () => parseMapping('van=ship'), /unknown class "ship"; known: person/],
    ['anchors', () => parseAnchors('1,2,3'), /--anchors 1,2,3: expected yolov5/],
    ['other anchors', () => parseAnchors('yolov99'), /--anchors yolov99/],
  ])('%s that cannot be', (_name, parse, message) => {
    expect(parse).toThrow(message);
  });
});
