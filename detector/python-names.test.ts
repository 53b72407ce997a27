import { expect, test } from 'vitest';
import { parsePythonNames } from './python-names.ts';

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
