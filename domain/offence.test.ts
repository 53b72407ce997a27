import { describe, expect, test } from 'vitest';
import { type Offence, offenceFacts, offences } from './offence.ts';
import { resolveScene } from './resolve-scene.ts';

const zones = {
  kerb: [
    [0, 0],
    [1, 0],
    [1, 1],
  ],
};

function toRule(entry: object) {
  const { scene, issues } = resolveScene({ zones, rules: [{ zone: 'kerb', ...entry }] }, 'v');
  if (scene === null) throw new Error(JSON.stringify(issues));
  return scene.rules[0];
}

const [s, min, h] = [1000, 60_000, 3_600_000];

/** What a rule that names nothing but offence and zone does. */
const defaults: readonly (readonly [
  Offence,
  onsetMs: number,
  legalMs: number,
  gapMs: number,
  source: string,
])[] = [
  ['sidewalk_parking', 60 * s, 5 * min, 30 * s, 'cities capture 5 min apart; onset as proposed'],
  [
    'non_motor_parking',
    60 * s,
    10 * min,
    30 * s,
    'no source: twice the time of cars, as bikes are parked and fetched more often',
  ],
  ['street_vending', 30 * s, 3 * min, 60 * s, 'legal as proposed; a vendor packs up in minutes'],
  ['shop_overflow', 2 * min, 10 * min, 2 * min, 'legal as proposed'],
  ['clutter', 5 * min, 30 * min, 5 * min, 'legal as proposed'],
  ['exposed_garbage', 2 * min, 15 * min, 3 * min, 'legal as proposed'],
  ['overflowing_bin', 2 * min, 15 * min, 3 * min, 'as exposed garbage, which it becomes'],
  ['illegal_construction', h, 24 * h, 12 * h, 'legal as proposed; the gap bridges a night'],
];

describe('offence defaults', () => {
  test('the table names every offence', () => {
    expect(defaults.map(([offence]) => offence).toSorted()).toEqual([...offences].toSorted());
  });

  test.each(defaults)('%s: onset %d ms, legal %d ms, gap %d ms (%s)', (offence, onsetMs, legalMs, gapMs) => {
    expect(toRule({ offence })).toMatchObject({
      onsetMs,
      legalMs,
      gapMs,
      classes: offenceFacts[offence].classes,
    });
    expect(gapMs).toBeLessThanOrEqual(legalMs / 2);
  });

  test.each(offences)('%s: all of it can be set per rule', (offence) => {
    const rule = toRule({ offence, onset: '7s', legal: '11s', gap: '3s', minScore: 0.2, classes: ['goods'] });
    expect(rule).toMatchObject({
      onsetMs: 7000,
      legalMs: 11_000,
      gapMs: 3000,
      minScore: 0.2,
      classes: ['goods'],
    });
  });

  test.each(['clutter', 'shop_overflow', 'illegal_construction'] as const)(
    '%s takes whatever stays but people, vehicles, cycles and bins',
    (offence) => {
      expect([...offenceFacts[offence].classes].toSorted()).toEqual([
        'cart',
        'garbage',
        'goods',
        'object',
        'umbrella',
        'vendor_stall',
      ]);
    },
  );
});
