import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createScene } from '../../rules/test-support/fold.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { stayCases } from '../../rules/test-support/stay-cases.ts';
import { epochMs } from '../../rules/test-support/street.ts';
import type { StreetFilm } from '../support/street-film.ts';
import { makeTempDir } from '../support/temp-dir.ts';
import { watchFilm } from '../support/watch-film.ts';

// painting and coding take processor time, and others may want it too
vi.setConfig({ testTimeout: 120_000 });

let dir: string;
beforeAll(async () => {
  dir = await makeTempDir('stay-clips');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

const seconds = 120;
const stepS = 0.5;

// a camera that turns is filmed in street-clips.test.ts
const filmed = stayCases.filter(({ badView }) => badView === undefined);

describe.each(filmed)('filmed: $name', ({ actors, options, rule, raised, latenessS = 0 }) => {
  test('the same candidates', async () => {
    const times = Array.from(
      { length: (options?.seconds ?? seconds) / stepS + 1 },
      (_, index) => index * stepS,
    );
    const shakes = createRandom(3);
    const film: StreetFilm = {
      actors,
      times: times.filter((s) => options?.isHole?.(s) !== true),
      turn: () => [(2 * shakes() - 1) * (options?.shake ?? 0), (2 * shakes() - 1) * (options?.shake ?? 0)],
    };
    const { events, samples } = await watchFilm(film, createScene([rule ?? {}]), {
      dir,
      startedAtMs: epochMs,
      dropOut: options?.dropOut ?? 0,
    });
    expect(samples).toBeGreaterThan(60);
    const found = events
      .filter(({ type }) => type === 'raised')
      .map(({ candidate }) => candidate)
      .toSorted((a, b) => a.fromMs - b.fromMs);
    const ends = new Map(
      events.filter(({ type }) => type === 'ended').map(({ candidate }) => [candidate.id, candidate.toMs]),
    );
    expect(found.map(({ id, fromMs }) => [toSeconds(fromMs), toSeconds(ends.get(id) ?? null)])).toEqual(
      raised.map(([from, to]) => [toBeNear(from + latenessS / 2, 3 + latenessS / 2), toBeNear(to, 2.5)]),
    );
  });
});

function toSeconds(ms: number | null): number | null {
  return ms === null ? null : (ms - epochMs) / 1000;
}

function toBeNear(s: number | null, toleranceS: number): unknown {
  if (s === null) return null;
  return expect.toSatisfy(
    (found: number | null) => found !== null && Math.abs(found - s) <= toleranceS,
    `${s} s +- ${toleranceS} s`,
  );
}
