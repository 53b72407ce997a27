// How fast recorded detections are folded: a day of one busy camera, and a thousand cameras as they come live. One core; times are processor time.
// npm run bench:replay -- [--hours 24] [--cameras 1000]
import { parseArgs } from 'node:util';
import { type DetectionBatch, resolveScene, type Scene } from '../domain/mod.ts';
import type * as Rules from '../rules/mod.ts';
import { busyStreetScene, createBusyStreet } from './support/busy-street.ts';
import { recordFigures } from './support/record-figures.ts';

/** The rules as they are shipped: from source a loader adds a call to every function that is made. `npm run bench:replay` has just built them. */
const built = new URL('../dist/rules/mod.js', import.meta.url).href;
const { createRulesState, step } = (await import(built)) as typeof Rules;

const startMs = Date.UTC(2026, 0, 9);
const dayStepMs = 1000;
/** Samples made at a time, and between two looks at the state's size. */
const chunkSamples = 600;
const lookEvery = 60;
const liveStepMs = 2000;
/** The live cameras' first minutes fill their states and are not measured. */
const warmUpSamples = 60;
const liveSamples = 90;

const { values } = parseArgs({
  options: { hours: { type: 'string', default: '24' }, cameras: { type: 'string', default: '1000' } },
});
const scene = openScene();
const day = foldDay(Number(values.hours));
const live = foldLive(Number(values.cameras));
recordFigures({ bench: 'replay', ...day, ...live });

function openScene(): Scene {
  const { scene: resolved, issues } = resolveScene(busyStreetScene, 'bench');
  if (resolved === null) throw new Error(JSON.stringify(issues));
  return resolved;
}

function foldDay(hours: number) {
  const street = createBusyStreet({ camera: 'busy-street', seed: 1, startMs, stepMs: dayStepMs });
  const wanted = Math.round((hours * 3_600_000) / dayStepMs);
  let state = createRulesState();
  let foldMs = 0;
  let parseMs = 0;
  let boxes = 0;
  let raised = 0;
  let stateBytes = 0;
  for (let done = 0; done < wanted; done += chunkSamples) {
    const batches = Array.from({ length: Math.min(chunkSamples, wanted - done) }, () => street.next());
    const lines = batches.map((batch) => JSON.stringify(batch));
    boxes += batches.reduce((sum, { detections }) => sum + detections.length, 0);
    const seen: Rules.RulesState[] = [];
    foldMs += measureCpuMs(() => {
      for (const [i, batch] of batches.entries()) {
        const folded = step(state, scene, batch);
        state = folded.state;
        for (const { type } of folded.events) if (type === 'raised') raised++;
        if (i % lookEvery === 0) seen.push(state);
      }
    });
    for (const each of seen) stateBytes = Math.max(stateBytes, Buffer.byteLength(JSON.stringify(each)));
    parseMs += measureCpuMs(() => {
      for (const line of lines) JSON.parse(line);
    });
  }
  if (raised === 0) throw new Error('nothing was raised: the figures would mean nothing');
  return {
    seconds: round(foldMs / 1000),
    batches: wanted,
    stateKb: round(stateBytes / 1000),
    withParseSeconds: round((foldMs + parseMs) / 1000),
    timesRealTime: Math.round((wanted * dayStepMs) / foldMs),
    boxesPerBatch: round(boxes / wanted),
    raised,
  };
}

/** Every camera's next sample in turn, as they come over the bus: each state is cold in the processor's caches. */
function foldLive(cameras: number) {
  const streets = Array.from({ length: cameras }, (_, i) =>
    createBusyStreet({ camera: `camera-${i}`, seed: i + 1, startMs, stepMs: liveStepMs }),
  );
  const states: Rules.RulesState[] = streets.map(() => createRulesState());
  let foldMs = 0;
  let parseMs = 0;
  for (let sample = 0; sample < warmUpSamples + liveSamples; sample++) {
    const lines = streets.map((street) => JSON.stringify(street.next()));
    const batches: DetectionBatch[] = [];
    const tookParseMs = measureCpuMs(() => {
      for (const line of lines) batches.push(JSON.parse(line) as DetectionBatch);
    });
    const tookFoldMs = measureCpuMs(() => {
      for (const [i, batch] of batches.entries())
        states[i] = step(states[i] ?? createRulesState(), scene, batch).state;
    });
    if (sample < warmUpSamples) continue;
    foldMs += tookFoldMs;
    parseMs += tookParseMs;
  }
  const spanMs = liveSamples * liveStepMs;
  return {
    cameras,
    camerasCore: round(foldMs / spanMs),
    camerasCoreWithParse: round((foldMs + parseMs) / spanMs),
  };
}

function measureCpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
