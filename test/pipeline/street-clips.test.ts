import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Box, Scene } from '../../domain/mod.ts';
import { moveBox, pass, stand, toActor, visit } from '../../rules/test-support/actors.ts';
import { createOffenceScene } from '../../rules/test-support/fold.ts';
import { type Actor, epochMs } from '../../rules/test-support/street.ts';
import type { StreetFilm } from '../support/street-film.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { type Watched, watchFilm } from '../support/watch-film.ts';

const place: Box = [0.4, 0.45, 0.52, 0.6];
const parking = { offence: 'sidewalk_parking', onset: '5s', legal: '60s' };

// painting and coding take processor time, and others may want it too
vi.setConfig({ testTimeout: 120_000 });

let dir: string;
beforeAll(async () => {
  dir = await makeTempDir('street-clips');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function shoot(
  actors: readonly Actor[],
  seconds: number,
  extra: Partial<StreetFilm> = {},
  stepS = 0.5,
): StreetFilm {
  return { actors, times: Array.from({ length: seconds / stepS + 1 }, (_, i) => i * stepS), ...extra };
}

/** Seconds of the film from which each raised candidate counts and at which it was raised. */
function listRaised({ events }: Watched, startedAtMs = epochMs): [fromS: number, raisedS: number][] {
  return events
    .filter(({ type }) => type === 'raised')
    .map(({ atMs, candidate }) => [(candidate.fromMs - startedAtMs) / 1000, (atMs - startedAtMs) / 1000]);
}

function toBeNear(s: number, toleranceS: number): unknown {
  return expect.toSatisfy((found: number) => Math.abs(found - s) <= toleranceS, `${s} s +- ${toleranceS} s`);
}

function listHeld({ events }: Watched): (string | undefined)[] {
  return events
    .filter(({ type }) => type === 'suppressed')
    .map(({ candidate }) => candidate.suppressed?.reason);
}

describe('a camera that turns', () => {
  const film = (backS: number, seconds: number) =>
    shoot([stand(place, 0, seconds)], seconds, {
      turn: (s) => (s >= 30 && s < backS ? [0.2, 0.06] : [0, 0]),
    });

  test('is suspended until the end', async () => {
    const watched = await watchFilm(film(1000, 150), createOffenceScene(parking), {
      dir,
      startedAtMs: epochMs,
    });
    expect(listRaised(watched)).toEqual([]);
    expect(listHeld(watched)).toContain('view');
    expect(watched.views.at(-1)).toEqual([150, 'moved']);
  });

  test('raises nothing while it is turned, and what is there when it is back', async () => {
    const watched = await watchFilm(film(90, 180), createOffenceScene(parking), {
      dir,
      startedAtMs: epochMs,
    });
    expect(listHeld(watched)).toContain('view');
    // until the view is judged the car seems to have driven on, so its stay may count anew from when it is back
    expect(listRaised(watched)).toEqual([
      [expect.any(Number), expect.toSatisfy((s: number) => s >= 90 && s <= 165)],
    ]);
  });
});

test('a parked car of which three detections in ten are lost is one stay', async () => {
  const watched = await watchFilm(shoot([stand(place, 0, 120)], 120), createOffenceScene(parking), {
    dir,
    startedAtMs: epochMs,
    dropOut: 0.3,
  });
  expect(listRaised(watched)).toEqual([[toBeNear(1, 2), toBeNear(62, 4)]]);
});

test('light that fades and comes back over eight hours of time-lapse is one stay', async () => {
  const hour = 3600;
  const film = shoot(
    [visit(place, hour, 7 * hour, 120), pass([0, 0.52, 0.14, 0.72], 2 * hour, 0.0005)],
    8 * hour,
    { light: (s) => 0.6 + 0.4 * Math.cos((2 * Math.PI * s) / (8 * hour)) },
    60,
  );
  const scene = createOffenceScene({ ...parking, onset: '10m', legal: '2h', gap: '10m' });
  const watched = await watchFilm(film, scene, { dir, startedAtMs: epochMs, gop: 1 });
  expect(watched.samples).toBe(481);
  expect(listRaised(watched)).toEqual([[toBeNear(hour, 120), toBeNear(3 * hour, 180)]]);
  const ended = watched.events.filter(({ type }) => type === 'ended').map(({ candidate }) => candidate.toMs);
  expect(ended).toEqual([toBeNear(epochMs + 7 * hour * 1000, 120_000)]);
});

describe('the hours of a rule on the wall', () => {
  test.each<[string, string, string, string, number]>([
    // what, when the film begins, time zone, hours, from which second it counts
    ['in force over midnight', '2026-01-09T23:59:00Z', 'UTC', '22:00-02:00', 0],
    ['in force from midnight on', '2026-01-09T23:59:30Z', 'UTC', '00:00-02:00', 30],
    ['the hour that daylight saving leaves out', '2026-03-29T00:59:20Z', 'Europe/Berlin', '03:00-04:00', 40],
    ['the hour that is shown twice', '2026-10-25T00:59:15Z', 'Europe/Berlin', '02:00-02:30', 45],
    [
      'seven in the morning, a car there since before',
      '2026-01-08T22:59:20Z',
      'Asia/Shanghai',
      '07:00-09:00',
      40,
    ],
  ])('%s', async (_what, startsAt, timeZone, hours, fromS) => {
    const startedAtMs = Date.parse(startsAt);
    const days = 'mon, tue, wed, thu, fri, sat, sun';
    const scene = createOffenceScene(
      { ...parking, legal: '30s', schedule: { weekly: [{ days, hours: [hours] }] } },
      timeZone,
    );
    const watched = await watchFilm(shoot([stand(place, 0, 90)], 90), scene, { dir, startedAtMs });
    expect(listRaised(watched, startedAtMs)).toEqual([[toBeNear(fromS, 1), toBeNear(fromS + 30, 2)]]);
  });
});

test('a jam that creeps on is none', async () => {
  const toPlace = (i: number): Box => moveBox([0.82, 0.45, 0.94, 0.6], -0.13 * i, 0);
  const jam = Array.from({ length: 6 }, (_, i) =>
    toActor((s) => {
      const arrivesS = 10 + 2 * i;
      if (s < arrivesS) return moveBox(toPlace(i), -1.2 * (1 - s / arrivesS), 0);
      const on = Math.min(1, Math.max(0, ((s - 30) % 70) - 60) / 4);
      return moveBox(toPlace(i + 1), 0.08 * (s < 30 ? 0 : Math.floor((s - 30) / 70) + on), 0);
    }),
  );
  const watched = await watchFilm(shoot(jam, 240), createOffenceScene(parking), {
    dir,
    startedAtMs: epochMs,
  });
  expect(listRaised(watched)).toEqual([]);
  expect(listHeld(watched)).toContain('congestion');
});

describe('street vending', () => {
  const vending: Scene = createOffenceScene({ offence: 'street_vending', onset: '5s', legal: '60s' });
  const tricycle = stand([0.4, 0.5, 0.48, 0.6], 0, 120, { class: 'tricycle' });
  const walkers = Array.from({ length: 12 }, (_, i) =>
    pass([0, 0.48, 0.035, 0.62], 9 * i - 5, 0.09, { class: 'person' }),
  );

  test('by a vendor who comes to a tricycle in a stream of people', async () => {
    const vendor = visit([0.485, 0.46, 0.52, 0.6], 20, 300, 6, { class: 'person' });
    const watched = await watchFilm(shoot([tricycle, vendor, ...walkers], 110), vending, {
      dir,
      startedAtMs: epochMs,
    });
    expect(listRaised(watched)).toEqual([
      [expect.toSatisfy((s: number) => s >= 5 && s <= 22), toBeNear(80, 4)],
    ]);
  });

  test('a tricycle that people pass is none', async () => {
    const watched = await watchFilm(shoot([tricycle, ...walkers], 110), vending, {
      dir,
      startedAtMs: epochMs,
    });
    expect(watched.events).toEqual([]);
  });
});
