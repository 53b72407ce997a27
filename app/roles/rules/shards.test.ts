import { expect, test } from 'vitest';
import { type Scene, toShard } from '../../../domain/mod.ts';
import { createScene } from '../../../rules/test-support/fold.ts';
import { toHomeShards } from './home-shards.ts';
import { parseShards } from './parse-shards.ts';

test.each([
  ['0-3', [0, 1, 2, 3]],
  ['7', [7]],
  ['62-63, 0-1,1', [0, 1, 62, 63]],
])('shards %s', (text, expected) => {
  expect(parseShards(text, '--shards')).toEqual(expected);
});

test.each(['', 'all', '64', '5-4', '0-64', '1;2', '-1', '1.5'])('"%s" is no list of shards', (text) => {
  expect(() => parseShards(text, '--shards')).toThrow(`--shards: "${text}" is no list of shards`);
});

function seeing(...places: string[]): Scene {
  return createScene(places.length === 0 ? [{}] : places.map((place) => ({ place })));
}

test('cameras that hang together by places are folded in the shard of the first of them, others in their own', () => {
  const homes = toHomeShards(
    new Map([
      ['d', seeing('quay')],
      ['c', seeing('market', 'gate')],
      ['b', seeing('gate')],
      ['a', seeing('market')],
      ['e', seeing()],
      ['f', seeing('alone')],
    ]),
  );
  expect(Object.fromEntries(homes)).toEqual({
    a: toShard('a'),
    b: toShard('a'),
    c: toShard('a'),
    d: toShard('d'),
    e: toShard('e'),
    f: toShard('f'),
  });
});
