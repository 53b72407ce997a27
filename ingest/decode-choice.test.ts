import { describe, expect, test } from 'vitest';
import { createDecodeChoice, describeFinding } from './decode-choice.ts';

const [onsetMs, calmMs] = [10_000, 60_000];

describe('between keyframes alone and full decode', () => {
  test('begins with keyframes, which must come five times per onset', () => {
    const choice = createDecodeChoice(onsetMs, calmMs);
    expect(choice.sampling().decode).toBe('keyframes');
    expect(choice.watch()).toEqual({ decode: 'keyframes', longestGapMs: 2000, calmMs, lateGroups: 0 });
  });

  test.each(['sparse', 'late', 'undecodable'] as const)('%s: all; dense: keyframes again', (finding) => {
    const choice = createDecodeChoice(onsetMs, calmMs);
    choice.change(finding, 1000, 2500);
    expect(choice.sampling().decode).toBe('all');
    expect(choice.watch().decode).toBe('all');
    choice.change('dense', 1000, null);
    expect(choice.sampling().decode).toBe('keyframes');
  });

  test('each relapse doubles the wait, up to an hour; the first failure does not', () => {
    const choice = createDecodeChoice(onsetMs, calmMs);
    const waits: number[] = [];
    for (let round = 0; round < 9; round++) {
      choice.change('sparse', 4000, null);
      waits.push(choice.watch().calmMs / 60_000);
      choice.change('dense', 1000, null);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  test('a stream without keyframes that stand alone is tried again after six hours', () => {
    const choice = createDecodeChoice(onsetMs, calmMs);
    choice.change('undecodable', 1000, null);
    expect(choice.watch().calmMs).toBe(6 * 3_600_000);
  });

  test.each([
    [1000, 2500, 3],
    [1000, 1000, 1],
    [2000, 2100, 2],
    [null, 2500, 0],
    [1000, null, 0],
  ])('late by a gap of %s and a delay of %s: %i groups', (gapMs, delayMs, lateGroups) => {
    const choice = createDecodeChoice(onsetMs, calmMs);
    choice.change('late', gapMs, delayMs);
    expect(choice.watch().lateGroups).toBe(lateGroups);
  });

  test('in words', () => {
    expect(describeFinding('sparse', 4000.4, null)).toContain('4000 ms apart: all pictures');
    expect(describeFinding('sparse', null, null)).toContain('too far apart');
    expect(describeFinding('late', 1000, 2500.2)).toContain('2500 ms late (B-frames)');
    expect(describeFinding('dense', 1000, null)).toContain('only they are decoded');
  });
});
