import { expect, test } from 'vitest';
import { resolveScene, type Scene } from '../../domain/mod.ts';
import { applyTrial, listTrials, parseParam, parseValues, writeDuration } from './sweep-values.ts';

test.each([
  ['score', '0.3,0.5', [0.3, 0.5]],
  ['score', '0.3:0.6:0.1', [0.3, 0.4, 0.5, 0.6]],
  ['score', '0.1:0.3:0.15', [0.1, 0.25]],
  ['legal', '3m, 1m,3m', [60_000, 180_000]],
  ['legal', '1m:2m:30s', [60_000, 90_000, 120_000]],
  ['gap', '500ms', [500]],
  ['cap', '1:3:1', [1, 2, 3]],
] as const)('%s %s', (param, text, expected) => {
  expect(parseValues(param, text).map(({ value }) => value)).toEqual(expected);
});

test.each([
  ['score', '', /"" is no number/],
  ['score', '1.5', /1\.5 is not from 0 to 1/],
  ['score', 'high', /"high" is no number/],
  ['score', '0.3:0.2:0.1', /the end not before the begin/],
  ['score', '0:1:0', /the step must be above 0/],
  ['score', '0:1:0.001', /1001 values; at most 200/],
  ['score', '0:1', /a range is from:to:step/],
  ['legal', '5', /"5" is no duration/],
  ['cap', '0.5', /no whole number above 0/],
] as const)('%s %j is refused', (param, text, expected) => {
  expect(() => parseValues(param, text)).toThrow(expected);
});

test('parameters by their names', () => {
  expect(parseParam('minScore')).toBe('score');
  expect(() => parseParam('dwell')).toThrow(
    '--param: "dwell" is none of score, legal, onset, gap, cooldown, cap',
  );
});

test.each([
  [0, '0s'],
  [1500, '1s500ms'],
  [90_000, '1m30s'],
  [300_000, '5m'],
  [90_000_000, '1d1h'],
])('%d ms is %s', (ms, text) => {
  expect(writeDuration(ms)).toBe(text);
});

function openScene(): Scene {
  const { scene } = resolveScene(
    {
      zones: {
        kerb: [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      },
      rules: [
        { offence: 'sidewalk_parking', zone: 'kerb', onset: '60s', legal: '5m' },
        { offence: 'clutter', zone: 'kerb', onset: '5m', legal: '30m' },
      ],
    },
    'v1',
  );
  if (scene === null) throw new Error('no scene');
  return scene;
}

test('a trial changes the rules it names, and an onset never exceeds its legal', () => {
  const scenes = { common: openScene(), byCamera: {} };
  const trials = listTrials([
    { param: 'legal', values: parseValues('legal', '30s,10m') },
    { param: 'score', values: parseValues('score', '0.2,0.6') },
  ]);
  expect(trials.map((trial) => trial.map(({ value }) => value.text))).toEqual([
    ['30s', '0.2'],
    ['30s', '0.6'],
    ['10m', '0.2'],
    ['10m', '0.6'],
  ]);
  const [first = []] = trials;
  const changed = applyTrial(scenes, first, ['sidewalk_parking@kerb']).common?.rules ?? [];
  expect(changed.map(({ legalMs, onsetMs, minScore }) => [legalMs, onsetMs, minScore])).toEqual([
    [30_000, 30_000, 0.2],
    [1_800_000, 300_000, 0.4],
  ]);
  expect(scenes.common.rules[0]?.legalMs).toBe(300_000);
});

test('an onset above its legal is refused when it is what is varied', () => {
  const [trial = []] = listTrials([{ param: 'onset', values: parseValues('onset', '10m') }]);
  expect(() => applyTrial({ common: openScene(), byCamera: {} }, trial, [])).toThrow(
    'rule sidewalk_parking@kerb: an onset of 10m is longer than legal 5m',
  );
});
