import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findJsonError } from './find-json-error.ts';

test.each([
  ['', 'line 1, column 1, where the file ends'],
  ['{"images": [', 'line 1, column 13, where the file ends'],
  ['{"images": [1, 2,], "a": 1}', 'line 1, column 18'],
  ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3'],
  ['{"a" 1}', 'line 1, column 6'],
  ['{"a": NaN}', 'line 1, column 7'],
  ['{"a": 01}', 'line 1, column 8'],
  ['{"a": "x\ny"}', 'line 1, column 7'],
  ["{'a': 1}", 'line 1, column 2'],
  ['{"a": 1}}', 'line 1, column 9'],
  ['[1] 2', 'line 1, column 5'],
  ['[}', 'line 1, column 2'],
])('%j breaks at %s', (text, place) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError);
  expect(findJsonError(text)).toBe(place);
});

test('law: it finds a mistake exactly where JSON.parse does', () => {
  const edited = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '}', ']', '"', 'x', ':', '0', '-', '\\', ' '))
    .map(([text, at, insert]) => {
      const place = at % (text.length + 1);
      return text.slice(0, place) + insert + text.slice(place + (insert === '' ? 1 : 0));
    });
  fc.assert(
    fc.property(edited, (text) => {
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      return (findJsonError(text) === null) === isJson;
    }),
    { numRuns: 2000 },
  );
});
