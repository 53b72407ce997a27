import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { look } from '../../app/eyes.ts';
import type { CandidateEvent, Scene } from '../../domain/mod.ts';
import { openCamera } from '../../ingest/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { createRulesState, step } from '../../rules/mod.ts';
import { createScene } from '../../rules/test-support/fold.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { stayCases } from '../../rules/test-support/stay-cases.ts';
import { epochMs } from '../../rules/test-support/street.ts';
import { openColourEyes } from '../support/colour-eyes.ts';
import { dress, type StreetFilm, shootFilm } from '../support/street-film.ts';
import { makeTempDir } from '../support/temp-dir.ts';

let dir: string;
beforeAll(async () => {
  dir = await makeTempDir('stay-clips');
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** What the rules say of a film, seen through the real way in: ffmpeg, sampling, the judged view. */
async function watchFilm(
  film: StreetFilm,
  scene: Scene,
  dropOut = 0,
): Promise<{ events: CandidateEvent[]; samples: number }> {
  const file = path.join(dir, 'film.mp4');
  await shootFilm(film, file, 2);
  const random = createRandom(5);
  const eyes = openColourEyes(dress(film), () => random() < dropOut);
  const events: CandidateEvent[] = [];
  let state = createRulesState();
  const onsetMs = Math.min(...scene.rules.map((rule) => rule.onsetMs));
  const camera = await openCamera({
    id: 'kerb-1',
    source: { kind: 'file', path: file, realTime: false, startedAtMs: epochMs },
    ring: null,
    maxPixelWidth: eyes.maxPixelWidth,
    maxPixelHeight: eyes.maxPixelHeight,
    onsetMs,
    restart: 'until_end',
    logger: createLogger('silent'),
    onHealth() {},
    async onFrame(frame) {
      const batch = await look(frame, eyes, { isKept: true, floorGapMs: onsetMs / 5 });
      const folded = step(state, scene, batch);
      state = folded.state;
      events.push(...folded.events);
    },
  });
  await camera.done;
  await camera.stop();
  return { events, samples: state.counters.batches };
}

const seconds = 120;
const stepS = 0.5;

// how a view is judged has clips of its own
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
    const { events, samples } = await watchFilm(film, createScene([rule ?? {}]), options?.dropOut);
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
