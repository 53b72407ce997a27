// How many things left on real and drawn pavements are reported within their onset, how often something else is, and what a
// sample costs. Seeds below 90,000 are for tuning; figures that are told come from the held-back ones.
// npm run bench:left-behind -- [--seed 90000] [--rounds 1] [--bare-minutes 10]
import { parseArgs } from 'node:util';
import {
  filmScene,
  type LeftScene,
  listBareScenes,
  listThingScenes,
} from '../detector/test-support/left-behind/scenes.ts';
import { watchScene } from '../detector/test-support/left-behind/tally.ts';
import { recordFigures } from './support/record-figures.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '90000' },
    rounds: { type: 'string', default: '1' },
    'bare-minutes': { type: 'string', default: '10' },
  },
});
const seed = Number(values.seed);
const rounds = Number(values.rounds);
const scenes: LeftScene[] = [
  ...listThingScenes(seed, rounds),
  ...listBareScenes(seed + 5000, rounds, Number(values['bare-minutes']) * 60_000),
];

interface Tally {
  things: number;
  found: number;
  falseReports: number;
  hours: number;
}

const tallies = new Map<string, Tally>();
const tookMs: number[] = [];

function count(name: string, over: Partial<Tally>): void {
  const tally = tallies.get(name) ?? { things: 0, found: 0, falseReports: 0, hours: 0 };
  for (const key of ['things', 'found', 'falseReports', 'hours'] as const) tally[key] += over[key] ?? 0;
  tallies.set(name, tally);
}

/** From here on a thing is large enough for the promise, and its tone as far from the ground's as a shadow's. */
const promisedPx = 18;
const isClearTone = (tone: number): boolean => tone <= 0.6 || tone >= 1.65;

for (const scene of scenes) {
  const { isFound, falseReports, tookMs: took } = await watchScene(scene, filmScene(scene));
  tookMs.push(...took.slice(5));
  const seen = { falseReports, hours: scene.lengthMs / 3_600_000 };
  count('all', seen);
  count(scene.weather, seen);
  if (scene.thing === null || isFound === null) continue;
  const { sizePx, tone } = scene.thing;
  const outcome = { things: 1, found: isFound ? 1 : 0 };
  count('all', outcome);
  count(`${sizePx} px`, outcome);
  if (sizePx < promisedPx) continue;
  count(scene.weather, outcome);
  count(`tone ${tone}`, outcome);
  if (isClearTone(tone)) count('promised', outcome);
}

for (const [name, { things, found, falseReports, hours }] of tallies)
  process.stdout.write(
    `${name}: ${things === 0 ? '' : `${found} of ${things} found`}${hours === 0 ? '' : `, ${falseReports} false in ${hours.toFixed(2)} h`}\n`,
  );
tookMs.sort((a, b) => a - b);
const at = (share: number): number =>
  Math.round((tookMs[Math.floor(tookMs.length * share)] ?? 0) * 1000) / 1000;
const toRecall = (name: string): number => {
  const { found = 0, things = 0 } = tallies.get(name) ?? {};
  return things === 0 ? 0 : Math.round((found / things) * 1000) / 1000;
};
const all = tallies.get('all');
recordFigures({
  bench: 'left-behind',
  seed,
  scenes: scenes.length,
  recall: toRecall('all'),
  promisedRecall: toRecall('promised'),
  falseReports: all?.falseReports ?? 0,
  hours: Math.round((all?.hours ?? 0) * 100) / 100,
  medianMs: at(0.5),
  p95Ms: at(0.95),
});
