import { expect, test } from 'vitest';
import type { Box, Detection } from '../../domain/mod.ts';
import type { Thing } from '../test-support/disturb.ts';
import { listReported, playStreet, putAtMs, type Seen } from '../test-support/street-play.ts';
import { type StreetScene, streetScenes } from '../test-support/street-scenes.ts';
import { Explanations } from './explanations.ts';
import { type Field, toField } from './field.ts';

const [scene] = streetScenes as [StreetScene];
const [left, top, right, bottom] = scene.box;

const toPlain = (box: Box, tone: number): Thing => ({ kind: 'plain', box, seed: 5, tone });

async function watch(
  thingAt: (atMs: number) => Thing | null,
  explainedAt: (atMs: number) => Detection[],
): Promise<Seen[]> {
  const { seen } = await playStreet({ scene, lengthMs: 150_000, thingAt, explainedAt });
  return seen;
}

const van: Detection = {
  class: 'truck',
  score: 0.9,
  box: [left - 0.01, top - 0.18, right + 0.01, bottom - 0.02],
};
/** A band along the van's foot that begins within its box and ends below. */
const shade = toPlain([left, bottom - 0.045, right, bottom], 0.55);

test.each([
  { what: 'a van that a model sees', explained: [van], isTold: false },
  { what: 'nothing', explained: [], isTold: true },
])(
  'a shadow at the foot of $what is told: $isTold',
  async ({ explained, isTold }) => {
    const seen = await watch(
      (atMs) => (atMs < putAtMs ? null : shade),
      (atMs) => (atMs < putAtMs ? [] : [...explained]),
    );
    expect(listReported(seen).length > 0).toBe(isTold);
  },
  60_000,
);

test('where a vehicle stood for minutes is known for some minutes more; where one passed is not', () => {
  const field = toField([{ name: 'ground', polygon: scene.zone, onsetMs: 60_000 }], 416, 234) as Field;
  const isCovered = new Uint8Array(field.columns * field.rows);
  const explanations = new Explanations();
  const place: Box = [left, top, right, bottom];
  const look = (atMs: number, ...boxes: Box[]): void =>
    explanations.note(
      boxes.map((box) => ({ class: 'car', score: 0.3, box })),
      atMs,
      field,
      isCovered,
    );
  for (let atMs = 0; atMs <= 40_000; atMs += 2000) look(atMs, place);
  expect(explanations.isWhereVehicleStood(place)).toBe(false);
  // hidden behind another one for half a minute
  for (let atMs = 70_000; atMs <= 130_000; atMs += 2000) look(atMs, place);
  expect(explanations.isWhereVehicleStood(place)).toBe(true);
  const [width, height] = [right - left, bottom - top];
  expect(explanations.isWhereVehicleStood([left + 2 * width, top, right + 2 * width, bottom])).toBe(false);
  expect(explanations.isWhereVehicleStood([left, top + height, right, bottom + height])).toBe(false);
  look(600_000);
  expect(explanations.isWhereVehicleStood(place)).toBe(true);
  look(740_000);
  expect(explanations.isWhereVehicleStood(place)).toBe(false);
});
