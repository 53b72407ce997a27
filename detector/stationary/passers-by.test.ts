import { expect, test } from 'vitest';
import { type Box, toIou } from '../../domain/mod.ts';
import { addNoise, type Canvas, putThing, toPixels, toRandom } from '../test-support/disturb.ts';
import { drawPaving } from '../test-support/left-behind/paving.ts';
import { createStationaryDetector } from './stationary-detector.ts';

const [pixelWidth, pixelHeight] = [416, 234];
const stepMs = 2000;
const onsetMs = 60_000;
const putAtMs = 60_000;
const zone: [number, number][] = [
  [0.03, 0.04],
  [0.97, 0.04],
  [0.97, 0.96],
  [0.03, 0.96],
];

const toBox = (left: number, top: number, width: number, height: number): Box => [
  left / pixelWidth,
  top / pixelHeight,
  (left + width) / pixelWidth,
  (top + height) / pixelHeight,
];

/** Draws people who are somewhere else in each picture, and two that stand and talk until `standUntilMs`. */
function putPeople(canvas: Canvas, atMs: number, random: () => number, standUntilMs: number): void {
  const place = (left: number, top: number, seed: number): void =>
    putThing(canvas, { kind: 'bag', box: toBox(left, top, 12, 32), seed, tone: 0.3 });
  for (let k = 0; k < 9; k++) place(20 + random() * (pixelWidth - 60), 20 + random() * (pixelHeight - 70), k);
  if (atMs < standUntilMs) for (const left of [200, 218]) place(left, 90, left);
}

/** What is told of a pavement in use, without a model that knows people. */
function watch(thing: Box | null, seed: number, lengthMs: number): { atMs: number; boxes: Box[] }[] {
  const random = toRandom(seed);
  const detector = createStationaryDetector({ zones: [{ name: 'ground', polygon: zone, onsetMs }] });
  const told: { atMs: number; boxes: Box[] }[] = [];
  const paving = drawPaving(seed, pixelWidth, pixelHeight);
  for (let atMs = 0; atMs < lengthMs; atMs += stepMs) {
    const canvas = { ...paving, values: paving.values.slice() };
    if (thing !== null && atMs >= putAtMs) putThing(canvas, { kind: 'box', box: thing, seed: 3, tone: 0.5 });
    putPeople(canvas, atMs, random, 14_000);
    addNoise(canvas, random, 2);
    const found = detector.observe({ pixels: toPixels(canvas), pixelWidth, pixelHeight }, atMs, []);
    if (found.length > 0) told.push({ atMs, boxes: found.map(({ box }) => box) });
  }
  return told;
}

test.each([1, 2, 3])(
  'nothing is told of a pavement that people crossed from the first picture on (%i)',
  (seed) => {
    expect(watch(null, seed, 240_000)).toEqual([]);
  },
);

test.each([4, 5])('what is left among them is told within its onset, and nothing else (%i)', (seed) => {
  const thing = toBox(300, 140, 30, 34);
  const told = watch(thing, seed, 180_000);
  expect(told[0]?.atMs).toBeGreaterThan(putAtMs);
  expect(told[0]?.atMs).toBeLessThanOrEqual(putAtMs + onsetMs);
  for (const { boxes } of told)
    for (const box of boxes) expect(toIou(box, thing)).toBeGreaterThanOrEqual(0.4);
});
