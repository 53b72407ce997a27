import { expect, test } from 'vitest';
import { guessTruthFormat, parseMotLine, toMotLine } from './mod.ts';

test.each<[string, string, object]>([
  [
    'MOT15',
    '1,3,113.84,274.5,57.307,130.05,-1,-1,-1,-1',
    { frame: 1, id: 3, confidence: -1, class: -1, columns: 10 },
  ],
  [
    'MOT16 ground truth',
    '2,1,10,20,30,40,1,7,0.25',
    { frame: 2, class: 7, columns: 9, box: [10, 20, 40, 60] },
  ],
  ['no confidence', '1,2,10,20,30,40', { confidence: 1, class: null }],
  [
    'spaces after commas, a comma at the end',
    ' 1, 2, 10, 20, 30, 40, 0.5, ',
    { confidence: 0.5, columns: 7 },
  ],
  ['spaces for commas', '1 2 10 20 30 40 0.5', { confidence: 0.5 }],
  ['numbers with exponents', '1.0,-1,1e1,20,30,40,-2.5e-1', { frame: 1, id: -1, confidence: -0.25 }],
])('reads %s', (_name, line, expected) => {
  expect(parseMotLine(line, 'det.txt', 4)).toMatchObject({ ...expected, line: 4 });
});

test('an empty line is none', () => {
  expect(parseMotLine(' \r', 'det.txt', 1)).toBeNull();
});

test.each<[string, string]>([
  ['1,2,3', '3 columns; frame,id,left,top,width,height,... were expected'],
  ['frame,id,x,y,w,h', 'frame is "frame", not a number'],
  ['1,2,3,4,,6', 'width is "", not a number'],
  ['1,2,3,4,5,nan', 'height is "nan", not a number'],
  ['1,2,3,4,5,Infinity', 'height is "Infinity", not a number'],
  ['1.5,2,3,4,5,6', 'frame is 1.5; a whole number from 0 was expected'],
  ['-1,2,3,4,5,6', 'frame is -1; a whole number from 0 was expected'],
  ['1,2.5,3,4,5,6', 'id is 2.5; a whole number was expected'],
  ['1,2,3,4,-5,6', 'a box of -5 x 6; sizes cannot be negative'],
  ['1,2,3,4,5,6,high', 'confidence is "high", not a number'],
])('refuses %s', (line, problem) => {
  expect(() => parseMotLine(line, 'det.txt', 12)).toThrow(`det.txt:12: ${problem}`);
});

test('writes what it reads, to a hundredth of a pixel', () => {
  const line = '7,3,10.25,20.50,30.00,40.75,0.9123,-1,-1,-1';
  const row = parseMotLine(line, 'out.txt', 1);
  expect(row === null ? null : toMotLine(row)).toBe(line);
});

test.each<[string, string[], string]>([
  ['nine columns with classes', ['1,1,1,1,9,9,1,1,1', '1,2,1,1,9,9,0,12,0.4'], 'mot16'],
  ['ten columns', ['1,1,1,1,9,9,1,-1,-1,-1'], 'mot15'],
  ['ten columns with places on the ground', ['1,1,1,1,9,9,1,4.4,5.5,0'], 'mot15'],
  ['nine columns without classes', ['1,1,1,1,9,9,1,-1,-1'], 'mot15'],
  ['nothing', [], 'mot15'],
])('%s', (_name, lines, format) => {
  expect(
    guessTruthFormat(lines.flatMap((line, index) => parseMotLine(line, 'gt.txt', index + 1) ?? [])),
  ).toBe(format);
});
