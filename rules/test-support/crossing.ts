import { type Box, toBoxArea, toIntersectionArea } from '../../domain/mod.ts';
import type { MotRow } from '../mot/mod.ts';
import { pass, stand, toActor, visit } from './actors.ts';
import { createRandom } from './random.ts';
import { type Actor, filmStreet, type StreetOptions } from './street.ts';

/** People who cross the picture both ways on paths that cross one another, some behind others. */
export function createWalkers(seed: number, count: number, seconds: number): Actor[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const height = 0.18 + 0.12 * random();
    const width = 0.3 * height;
    const bottom = 0.35 + 0.3 * random() + height;
    const direction = random() < 0.5 ? 1 : -1;
    const speed = (0.05 + 0.06 * random()) * direction;
    const startS = random() * seconds;
    const sway = 0.01 * random();
    return toActor(
      (s) => {
        const x = (direction > 0 ? -width : 1) + speed * (s - startS);
        const y = bottom + sway * Math.sin(3 * s);
        return s < startS || x > 1 || x < -width ? null : [x, y - height, x + width, y];
      },
      { class: 'person', score: 0.75 },
    );
  });
}

/** Three cars at the kerb, one of which comes and goes, behind three lanes of traffic at different speeds. */
export function createTraffic(seed: number, count: number, seconds: number): Actor[] {
  const random = createRandom(seed);
  const lanes = [
    [0.3, 0.1],
    [0.42, 0.12],
    [0.56, 0.15],
  ] as const;
  const passing = Array.from({ length: count }, (_, index) => {
    const [top, height] = lanes[index % 3] as (typeof lanes)[number];
    const box: Box = [0, top, 1.2 * height, top + height];
    const options = random() < 0.2 ? ({ class: 'truck' } as const) : {};
    return pass(box, random() * seconds, 0.06 + 0.12 * random(), options);
  });
  return [
    stand([0.2, 0.7, 0.38, 0.9], 0, seconds),
    stand([0.45, 0.7, 0.63, 0.9], 5, 0.75 * seconds),
    visit([0.7, 0.7, 0.88, 0.9], 0.25 * seconds, 0.65 * seconds, 4),
    ...passing,
  ];
}

/** The side of the picture that boxes are given in. */
export const side = 1000;

/** What a detector reports of the actors, and the truth: where each of them is in each frame, unless mostly hidden. */
export function filmWithTruth(actors: readonly Actor[], options: StreetOptions) {
  const batches = filmStreet(actors, options);
  const truths = batches.flatMap((batch, index): MotRow[] => {
    const present = actors.flatMap((actor, id) => {
      const box = actor.at(batch.ptsMs / 1000);
      return box === null ? [] : [{ id, box }];
    });
    const inView = present.filter(({ box }) => {
      const nearer = present.filter((other) => other.box[3] > box[3] + 0.01);
      return (
        nearer.reduce((sum, other) => sum + toIntersectionArea(box, other.box), 0) <= 0.5 * toBoxArea(box)
      );
    });
    return inView.map(({ id, box }) => toRow(index + 1, id, box));
  });
  return { batches, truths };
}

export function toRow(frame: number, id: number, box: Box): MotRow {
  const [x1, y1, x2, y2] = box;
  return {
    frame,
    id,
    box: [x1 * side, y1 * side, x2 * side, y2 * side],
    confidence: 1,
    class: null,
    columns: 7,
    line: frame,
  };
}
