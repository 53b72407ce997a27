import { expect, test } from 'vitest';
import { toTableLines } from './text-table.ts';

test('columns line up, wide characters too', () => {
  expect(
    toTableLines(
      ['camera', 'n'],
      [
        ['港前路', '1'],
        ['a', '22'],
      ],
    ),
  ).toEqual(['camera  n', '------  --', '港前路  1', 'a       22']);
});
