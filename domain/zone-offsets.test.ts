import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toSteadyOffsetMs } from './zone-offsets.ts';
import { toZoneOffsetMs } from './zoned-time.ts';

test('offsets are those of the zone, at any hour of any year', () => {
  const zones = [
    'Asia/Shanghai',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Africa/Casablanca',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2036, 0) }),
      fc.array(fc.integer({ min: -40 * 3_600_000, max: 40 * 3_600_000 }), { maxLength: 5 }),
      (zone, ms, near) => {
        for (const atMs of [ms, ...near.map((offset) => ms + offset)])
          expect(toSteadyOffsetMs(atMs, zone)).toBe(toZoneOffsetMs(atMs, zone));
      },
    ),
    { numRuns: 300 },
  );
});

test('and on the day on which clocks change', () => {
  for (const [text, hours] of [
    ['2026-03-29T00:59:59.999Z', 1],
    ['2026-03-29T01:00Z', 2],
    ['2026-10-25T00:59:59.999Z', 2],
    ['2026-10-25T01:00Z', 1],
    ['2026-10-26T00:00Z', 1],
  ] as const)
    expect(toSteadyOffsetMs(Date.parse(text), 'Europe/Berlin')).toBe(hours * 3_600_000);
});
