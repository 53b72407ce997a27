import { expect, test } from 'vitest';
import { parseBatch } from './parse-batch.ts';

const defaults = { camera: 'kerb', startMs: 1_000_000 };
const car = { class: 'car', score: 0.9, box: [0.1, 0.2, 0.3, 0.4] };
const parse = (value: unknown) => parseBatch(JSON.stringify(value), defaults, 'log.jsonl:7');

test('a line recorded beside a clip', () => {
  expect(parse({ ptsMs: 2000, detections: [car] })).toEqual({
    v: 1,
    camera: 'kerb',
    ptsMs: 2000,
    capturedAtMs: 1_002_000,
    clockErrorMs: null,
    width: 1920,
    height: 1080,
    model: null,
    detections: [car],
  });
});

test('a whole batch comes back as it is', () => {
  const batch = {
    v: 1,
    camera: 'gate-07',
    ptsMs: 5,
    capturedAtMs: 1_764_000_000_000,
    clockErrorMs: 40,
    width: 2560,
    height: 1440,
    model: { name: 'street', sha256: 'ab' },
    detections: [],
    view: 'moved',
  };
  expect(parse(batch)).toEqual(batch);
});

test.each([
  ['not JSON', '{"ptsMs":', /not JSON/],
  ['a list', '[]', /must be an object/],
  ['no time', '{"detections":[]}', /ptsMs: must be a number/],
  ['no detections', '{"ptsMs":1}', /detections: must be a list/],
  [
    'a capture time in words',
    '{"ptsMs":1,"capturedAtMs":"noon","detections":[]}',
    /capturedAtMs: must be a number/,
  ],
  ['another version', '{"v":2,"ptsMs":1,"detections":[]}', /v: is 2/],
  [
    'a camera that is a path',
    '{"camera":"../x","ptsMs":1,"detections":[]}',
    /camera: "..\/x" is no camera name/,
  ],
  [
    'an unknown class',
    '{"ptsMs":1,"detections":[{"class":"kiosk","score":1,"box":[0,0,1,1]}]}',
    /unknown class "kiosk"/,
  ],
  ['a score in percent', '{"ptsMs":1,"detections":[{"class":"car","score":90,"box":[0,0,1,1]}]}', /0\.score/],
  ['a box in pixels', '{"ptsMs":1,"detections":[{"class":"car","score":1,"box":[10,10,90,90]}]}', /0\.box/],
  [
    'a box as left, top, width, height',
    '{"ptsMs":1,"detections":[{"class":"car","score":1,"box":[0.5,0.5,0.1,0.1]}]}',
    /0\.box/,
  ],
  ['an unknown view', '{"ptsMs":1,"detections":[],"view":"foggy"}', /view: "foggy" is none of/],
])('%s is refused with file and line', (_name, line, expected) => {
  expect(() => parseBatch(line, defaults, 'log.jsonl:7')).toThrow(expected);
  expect(() => parseBatch(line, defaults, 'log.jsonl:7')).toThrow(/^log\.jsonl:7: /);
});
