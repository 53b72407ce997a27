import path from 'node:path';
import type { Box, Polygon } from '../../domain/mod.ts';
import { findFixture, projectRoot } from '../../test/support/fixtures.ts';
import * as disturb from './disturb.ts';

/** A street on which something is left: where the ground is, and where a thing can stand. */
export interface StreetScene {
  readonly name: string;
  readonly file: string;
  readonly perSecond: number;
  readonly maxPictures: number;
  readonly zone: Polygon;
  readonly box: Box;
}

function toScene(
  name: string,
  file: string | null,
  clip: Pick<StreetScene, 'perSecond' | 'maxPictures' | 'zone' | 'box'>,
): StreetScene[] {
  return file === null ? [] : [{ name, file, ...clip }];
}

/** Our own clips, and the real ones where they are there. */
export const streetScenes: readonly StreetScene[] = [
  ...toScene('harbour road', path.join(projectRoot, 'samples/town/harbour-road.mp4'), {
    perSecond: 2,
    maxPictures: 16,
    zone: [
      [0.1664, 0.8218],
      [0.7698, 0.4436],
      [0.6489, 0.4051],
      [0.0581, 0.6826],
    ],
    box: [0.36, 0.5, 0.44, 0.6],
  }),
  ...toScene('market street', path.join(projectRoot, 'samples/town/market-street.mp4'), {
    perSecond: 2,
    maxPictures: 14,
    zone: [
      [0.0487, 0.9056],
      [0.6411, 0.5533],
      [0.5091, 0.4603],
      [0, 0.6322],
    ],
    box: [0.26, 0.56, 0.34, 0.68],
  }),
  ...toScene('a car park', findFixture('footage/car-park-lane.mp4'), {
    perSecond: 2,
    maxPictures: 200,
    zone: [
      [0.03, 0.12],
      [0.97, 0.12],
      [0.97, 0.97],
      [0.03, 0.97],
    ],
    box: [0.45, 0.58, 0.55, 0.7],
  }),
  ...toScene('a kerb', findFixture('footage/kerb-van.mp4'), {
    perSecond: 1,
    maxPictures: 110,
    zone: [
      [0.2, 0.9],
      [0.5, 0.5],
      [0.74, 0.5],
      [0.75, 0.95],
    ],
    box: [0.37, 0.6, 0.43, 0.7],
  }),
];

/** Changes one picture; `s` seconds into the clip. */
export type Disturbance = (canvas: disturb.Canvas, s: number, random: () => number) => void;

/** Weather, light and wind that must neither hide a thing nor be taken for one. */
export const disturbances: Readonly<Record<string, Disturbance>> = {
  nothing: () => {},
  'a shaking mast': (canvas, _s, random) =>
    disturb.shift(canvas, Math.round((random() - 0.5) * 6), Math.round((random() - 0.5) * 6)),
  'a shadow that passes': (canvas, s) =>
    disturb.castBand(canvas, {
      centre: -0.4 + ((s % 80) / 80) * 1.8,
      halfWidth: 0.12,
      softness: 0.03,
      depth: 0.55,
      lean: 0.3,
    }),
  'a shadow that comes and stays': (canvas, s) =>
    disturb.castBand(canvas, {
      centre: s < 70 ? -0.5 : 0.68,
      halfWidth: 0.1,
      softness: 0.02,
      depth: 0.6,
      lean: 0.2,
    }),
  rain: (canvas, _s, random) => {
    disturb.rain(canvas, random, 250);
    disturb.addNoise(canvas, random, 5);
  },
  'light that grows fourfold': (canvas, s) => disturb.relight(canvas, 0.4 + 1.2 * Math.min(1, s / 200)),
  'steps of exposure': (canvas, s) =>
    disturb.relight(canvas, [1, 0.6, 1.3, 0.8][Math.floor(s / 25) % 4] as number),
  'headlights at night': (canvas, s, random) => {
    disturb.relight(canvas, 0.3);
    const x = ((s % 10) / 10) * 1.4 - 0.2;
    disturb.castLight(canvas, { x, y: 0.7, radius: 0.15, strength: 120 });
    disturb.addNoise(canvas, random, 4);
  },
};
