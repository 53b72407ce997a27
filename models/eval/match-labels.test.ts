import { expect, test } from 'vitest';
import { matchLabels } from './match-labels.ts';

test.each([
  ['the same names in another order', ['car', 'person'], ['person', 'car'], [1, 0]],
  [
    'case, spaces, dashes and underscores',
    ['Traffic_Light', 'cell-phone'],
    ['traffic light', 'Cell Phone'],
    [0, 1],
  ],
  ['synonyms', ['motorbike', 'sofa', 'tvmonitor'], ['tv', 'couch', 'motorcycle'], [2, 1, 0]],
  ['an exact name goes before a synonym', ['people', 'person'], ['person'], [null, 0]],
  ['one label per category', ['Car', 'car', 'automobile'], ['car'], [0, null, null]],
  ['strangers', ['teapot', 'car'], ['car', 'kite'], [null, 0]],
  ['names without letters of ours', ['行人', '汽车'], ['汽车', '行人'], [1, 0]],
])('%s', (_name, labels, categories, expected) => {
  expect(matchLabels(labels, categories).categoryOf).toEqual(expected);
});

test('what was renamed and what fits nothing is said', () => {
  expect(matchLabels(['motorbike', 'teapot'], ['motorcycle', 'kite'])).toEqual({
    categoryOf: [0, null],
    renamed: ['motorbike = motorcycle'],
    unknownLabels: ['teapot'],
    unmatchedCategories: [1],
  });
});

test('no class in common', () => {
  const many = Array.from({ length: 10 }, (_none, i) => `class${i}`);
  expect(() => matchLabels(['teapot'], many)).toThrow(
    /share no class: labels teapot; categories class0, .*class7 and 2 more$/,
  );
});
