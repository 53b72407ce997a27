import { expect, test } from 'vitest';
import { parseNames, parsePythonNames } from './python-names.ts';

test.each<[string, string[] | null]>([
  ["{0: 'person', 1: 'car'}", ['person', 'car']],
  [`{0: "driver's cab", 1: 'say \\'hi\\''}`, ["driver's cab", "say 'hi'"]],
  ["['person', 'car']", ['person', 'car']],
  ["{0: 'a,b', 1: 'c: {d}'}", ['a,b', 'c: {d}']],
  ["{1: 'car'}", null],
  ["{0: 'person', 2: 'car'}", null],
  ['{}', null],
  ['person, car', null],
  ['{0: person}', null],
])('%s', (text, names) => {
  expect(parsePythonNames(text)).toEqual(names);
});

test.each<[string, string[] | null]>([
  ["{0: 'person', 1: 'car'}", ['person', 'car']],
  ['{"1": "car", "0": "person"}', ['person', 'car']],
  ['["person", "car"]', ['person', 'car']],
  ['person, car', ['person', 'car']],
  ['person\ncar\n', ['person', 'car']],
  ['{"0": "person", "2": "car"}', null],
  ['[1, {}]', null],
  ['80', null],
  ['1,2,3', null],
  ['', null],
])('names of whatever kind: %s', (text, names) => {
  expect(parseNames(text)).toEqual(names);
});
