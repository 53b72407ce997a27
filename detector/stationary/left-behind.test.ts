import { expect, test } from 'vitest';
import { filmScene, listBareScenes, listThingScenes } from '../test-support/left-behind/scenes.ts';
import { watchScene } from '../test-support/left-behind/tally.ts';
import { weathers } from '../test-support/left-behind/weather.ts';

// Seeds that nothing was tuned on; `npm run bench:left-behind` plays all of them.
const thingScenes = listThingScenes(90_000, 1).filter(({ thing }) => thing?.sizePx === 26);
const bareScenes = listBareScenes(95_000, 1, 120_000);

test.each(Object.keys(weathers))(
  'in %s things left on pavements are reported within their onset, and nothing else is',
  async (weather) => {
    const scenes = thingScenes.filter((scene) => scene.weather === weather);
    expect(scenes).toHaveLength(3);
    let found = 0;
    for (const scene of scenes) {
      const { isFound, falseReports } = await watchScene(scene, filmScene({ ...scene, lengthMs: 122_000 }));
      expect({ seed: scene.seed, falseReports }).toEqual({ seed: scene.seed, falseReports: 0 });
      if (isFound === true) found++;
    }
    expect(found).toBeGreaterThanOrEqual(2);
  },
  120_000,
);

test.each(bareScenes)(
  'in $weather nothing is reported on a bare pavement',
  async (scene) => {
    const { falseReports } = await watchScene(scene, filmScene(scene));
    expect(falseReports).toBe(0);
  },
  60_000,
);
