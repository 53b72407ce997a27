// What finding things without a model costs per sample: the demo's harbour road with sensor noise, at the usual picture size. The
// first samples, and the threads that compile and collect meanwhile, count as well.
// npm run bench:stationary -- [--samples 5000]
import { parseArgs } from 'node:util';
import { createStationaryDetector } from '../detector/mod.ts';
import { addNoise, toCanvas, toPixels, toRandom } from '../detector/test-support/disturb.ts';
import { readStreetClip } from '../detector/test-support/street-clip.ts';
import { streetScenes } from '../detector/test-support/street-scenes.ts';
import { recordFigures } from './support/record-figures.ts';

const pixelWidth = 416;
const pixelHeight = 234;

const { values } = parseArgs({ options: { samples: { type: 'string', default: '5000' } } });
const samples = Number(values.samples);
const [scene] = streetScenes;
if (scene === undefined) throw new Error('there is no clip to look at');
const clip = await readStreetClip(scene.file, { ...scene, pixelWidth, pixelHeight });
const random = toRandom(1);
const pictures = clip.pictures.map((picture) => {
  const canvas = toCanvas(picture, pixelWidth, pixelHeight);
  addNoise(canvas, random, 3);
  return toPixels(canvas);
});
const detector = createStationaryDetector({
  zones: [{ name: 'ground', polygon: scene.zone, onsetMs: 60_000 }],
});
const tookMs: number[] = [];
for (let i = 0; i < samples; i++) {
  const pixels = pictures[i % pictures.length] as Uint8Array;
  const before = process.cpuUsage();
  detector.observe({ pixels, pixelWidth, pixelHeight }, i * 2000, []);
  const { user, system } = process.cpuUsage(before);
  tookMs.push((user + system) / 1000);
}
const round3 = (ms: number): number => Math.round(ms * 1000) / 1000;
const meanMs = round3(tookMs.reduce((sum, ms) => sum + ms, 0) / samples);
tookMs.sort((a, b) => a - b);
const at = (share: number): number => round3(tookMs[Math.floor(samples * share)] ?? 0);
recordFigures({
  bench: 'stationary',
  meanMs,
  medianMs: at(0.5),
  p95Ms: at(0.95),
  p99Ms: at(0.99),
  samples,
});
