import path from 'node:path';
import { look } from '../../app/eyes.ts';
import type { CandidateEvent, Scene, ViewProblem } from '../../domain/mod.ts';
import { openCamera } from '../../ingest/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { createRulesState, step } from '../../rules/mod.ts';
import { createRandom } from '../../rules/test-support/random.ts';
import { openColourEyes } from './colour-eyes.ts';
import { dress, type StreetFilm, shootFilm } from './street-film.ts';

export interface WatchOptions {
  readonly dir: string;
  readonly startedAtMs: number;
  /** Pictures from one keyframe to the next. */
  readonly gop?: number;
  /** Part of the detections that are lost. */
  readonly dropOut?: number;
}

export interface Watched {
  readonly events: readonly CandidateEvent[];
  readonly samples: number;
  /** What was wrong with the view, second of the film by second. */
  readonly views: readonly (readonly [seconds: number, problem: ViewProblem])[];
}

/** What the rules say of a film that is seen through the real way in: ffmpeg, sampling, the judged view. */
export async function watchFilm(film: StreetFilm, scene: Scene, options: WatchOptions): Promise<Watched> {
  const { dir, startedAtMs, gop = 2, dropOut = 0 } = options;
  const file = path.join(dir, 'film.mp4');
  await shootFilm(film, file, gop);
  const random = createRandom(5);
  const eyes = openColourEyes(dress(film), () => random() < dropOut);
  const events: CandidateEvent[] = [];
  const views: [number, ViewProblem][] = [];
  let state = createRulesState();
  const onsetMs = Math.min(...scene.rules.map((rule) => rule.onsetMs));
  const camera = await openCamera({
    id: 'kerb-1',
    source: { kind: 'file', path: file, realTime: false, startedAtMs },
    ring: null,
    maxPixelWidth: eyes.maxPixelWidth,
    maxPixelHeight: eyes.maxPixelHeight,
    onsetMs,
    restart: 'until_end',
    logger: createLogger('silent'),
    onHealth() {},
    async onFrame(frame) {
      const batch = await look(frame, eyes, { isKept: true, floorGapMs: onsetMs / 5 });
      if (batch.view !== undefined) views.push([batch.ptsMs / 1000, batch.view]);
      const folded = step(state, scene, batch);
      state = folded.state;
      events.push(...folded.events);
    },
  });
  try {
    await camera.done;
  } finally {
    await camera.stop();
  }
  return { events, samples: state.counters.batches, views };
}
