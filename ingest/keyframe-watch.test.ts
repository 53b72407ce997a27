import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createKeyframeWatch, type KeyframeFinding, type KeyframeWatchOptions } from './keyframe-watch.ts';

const keyframes: KeyframeWatchOptions = {
  decode: 'keyframes',
  longestGapMs: 2000,
  calmMs: 60_000,
  lateGroups: 0,
};
const all: KeyframeWatchOptions = { ...keyframes, decode: 'all' };

type Event = readonly ['key' | 'edge' | 'picture', number];

/** The first finding, and at which event. */
function watch(options: KeyframeWatchOptions, events: readonly Event[]): [KeyframeFinding, number] | null {
  const watched = createKeyframeWatch(options);
  for (const [kind, rawMs] of events) {
    const finding =
      kind === 'key'
        ? watched.noteKeyframe(rawMs)
        : kind === 'edge'
          ? watched.noteEdge(rawMs)
          : watched.notePicture(rawMs);
    if (finding !== null) return [finding, rawMs];
  }
  return null;
}

/** Keyframes `gapMs` apart and half a second of edges between; each leaves the decoder `delayMs` later, `null`: never. */
function toStream(gapMs: number, seconds: number, delayMs: number | null, startMs = 0): Event[] {
  const events: Event[] = [];
  let shown = startMs;
  for (let at = startMs; at <= startMs + seconds * 1000; at += 100) {
    const isKey = (at - startMs) % gapMs === 0;
    if (isKey) events.push(['key', at]);
    else if ((at - startMs) % 500 === 0) events.push(['edge', at]);
    if (delayMs !== null && at - shown >= delayMs) {
      events.push(['picture', shown]);
      shown += gapMs;
    }
  }
  return events;
}

describe('keyframes alone', () => {
  test.each([
    ['as far apart as allowed', toStream(2000, 60, 0), null],
    ['close together', toStream(500, 60, 0), null],
    ['too far apart, seen before the next one comes', toStream(6000, 20, 0), ['sparse', 3500]],
    ['only one ever', toStream(100_000, 20, 0), ['sparse', 3500]],
    ['in time, a group late', toStream(1000, 60, 1000), null],
    ['two groups late, as late as allowed', toStream(1000, 60, 2000), null],
    ['three groups late', toStream(1000, 60, 3000), ['late', 3000]],
    ['nothing comes out', toStream(1000, 60, null), ['undecodable', 7000]],
    [
      'often at first, then rarely, though never too far apart',
      [...toStream(100, 4, 0), ...toStream(1900, 19, 0, 4100)],
      null,
    ],
    [
      'a little rounding',
      [
        ['key', 0],
        ['key', 2000.9],
        ['key', 4001.8],
      ] as Event[],
      null,
    ],
    [
      'more than that',
      [
        ['key', 0],
        ['key', 2001.2],
      ] as Event[],
      ['sparse', 2001.2],
    ],
  ] as const)('%s', (_name, events, found) => {
    expect(watch(keyframes, events)).toEqual(found);
  });

  test('pictures that stop coming are noticed', () => {
    const events = [...toStream(1000, 10, 0), ...toStream(1000, 30, null, 11_000)];
    expect(watch(keyframes, events)?.[0]).toBe('undecodable');
  });

  test('law: regular keyframes within the limit that are decoded in time are never complained of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 10 }), (gap, delay) => {
        const [gapMs, delayMs] = [gap * 100, Math.min(delay * 100, gap * 100)];
        expect(watch(keyframes, toStream(gapMs, 30, delayMs))).toBeNull();
      }),
    );
  });

  test('law: a gap beyond the limit is always told, whenever it comes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }),
        fc.integer({ min: 2002, max: 60_000 }),
        (before, gapMs) => {
          const regular = toStream(1000, before, 0);
          const last = before * 1000;
          expect(watch(keyframes, [...regular, ['key', last + gapMs]])?.[0]).toBe('sparse');
        },
      ),
    );
  });
});

describe('all is decoded', () => {
  test.each([
    ['keyframes have been enough for the calm', all, toStream(1000, 90, 0), ['dense', 60_000]],
    ['at the limit: it might go to and fro', all, toStream(2000, 200, 0), null],
    ['too far apart', all, toStream(4000, 200, 0), null],
    ['they left late by three groups', { ...all, lateGroups: 3 }, toStream(1000, 200, 0), null],
    ['close enough even so', { ...all, lateGroups: 3 }, toStream(500, 90, 0), ['dense', 60_000]],
    ['no pictures: no matter of keyframes', all, toStream(1000, 50, null), null],
  ] as const)('%s', (_name, options, events, found) => {
    expect(watch(options, events)).toEqual(found);
  });

  test('one long gap begins the calm anew', () => {
    const events = [...toStream(1000, 50, 0), ...toStream(1000, 90, 0, 55_000)];
    expect(watch(all, events)).toEqual(['dense', 115_000]);
  });
});

test('tells the longest of the last four gaps, and the least of the last four delays', () => {
  const watched = createKeyframeWatch(all);
  expect([watched.gapMs(), watched.delayMs()]).toEqual([null, null]);
  for (const rawMs of [0, 9000, 10_000, 11_000, 13_000]) watched.noteKeyframe(rawMs);
  expect(watched.gapMs()).toBe(9000);
  watched.noteKeyframe(14_000);
  expect(watched.gapMs()).toBe(2000);
  for (const rawMs of [13_000, 13_500, 12_000]) watched.notePicture(rawMs);
  expect(watched.delayMs()).toBe(500);
});
