import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Detection, toIou } from '../domain/mod.ts';
import { suppressOverlaps as suppress } from './nms.ts';

const detection = fc
  .record({
    class: fc.constantFrom<Detection['class'][]>('car', 'person'),
    score: fc.double({ min: 0.1, max: 1, noNaN: true }),
    x: fc.double({ min: 0, max: 0.9, noNaN: true }),
    y: fc.double({ min: 0, max: 0.9, noNaN: true }),
    width: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    height: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
  })
  .map(({ class: name, score, x, y, width, height }): Detection => {
    return { class: name, score, box: [x, y, x + width, y + height] };
  });
const suppressOverlaps = (all: readonly Detection[], maxIou: number, limit: number): Detection[] =>
  suppress(all, (each) => each.class, maxIou, limit);
const detections = fc.array(detection, { maxLength: 40 });

test('no two kept boxes of one class overlap more than allowed, and every dropped one overlaps a better kept one', () => {
  fc.assert(
    fc.property(detections, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (all, maxIou) => {
      const kept = suppressOverlaps(all, maxIou, 300);
      const overlaps = (a: Detection, b: Detection): boolean =>
        a.class === b.class && toIou(a.box, b.box) > maxIou;
      for (const [i, a] of kept.entries())
        for (const b of kept.slice(i + 1)) expect(overlaps(a, b)).toBe(false);
      for (const dropped of all.filter((each) => !kept.includes(each)))
        expect(kept.some((better) => better.score >= dropped.score && overlaps(better, dropped))).toBe(true);
    }),
  );
});

test('best first, the same whatever the order given, the same when done twice', () => {
  fc.assert(
    fc.property(fc.uniqueArray(detection, { selector: (each) => each.score, maxLength: 40 }), (all) => {
      const kept = suppressOverlaps(all, 0.45, 300);
      expect(kept).toEqual(kept.toSorted((a, b) => b.score - a.score));
      expect(suppressOverlaps(all.toReversed(), 0.45, 300)).toEqual(kept);
      expect(suppressOverlaps(kept, 0.45, 300)).toEqual(kept);
    }),
  );
});

test('the limit keeps the best', () => {
  fc.assert(
    fc.property(detections, fc.integer({ min: 0, max: 10 }), (all, limit) => {
      expect(suppressOverlaps(all, 0.45, limit)).toEqual(suppressOverlaps(all, 0.45, 300).slice(0, limit));
    }),
  );
});
