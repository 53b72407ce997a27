// What the rules cost a process: 1,000 cameras live at a sample each 2 s with 8 boxes, through a real nats-server.
// npm run bench:rules-role -- [--cameras 1000] [--seconds 60] [--rate 0.5]
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type DetectionBatch, resolveScene, type Scene } from '../domain/mod.ts';
import { createLogger, openNatsBus, startEmbeddedNats } from '../platform/mod.ts';
import { buildRulesProcess, startRulesChild } from '../test/support/rules-child.ts';
import { measureTree } from './support/process-tree.ts';
import { recordFigures } from './support/record-figures.ts';

const { values } = parseArgs({
  options: {
    cameras: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '0.5' },
  },
});
const cameras = Number(values.cameras);
const seconds = Number(values.seconds);
const gapMs = 1000 / Number(values.rate);
/** Until stays have begun, checkpoints have their size and the code is warm. */
const settleS = 40;
const ticksPerSecond = 10;

const kerb: [number, number][] = [
  [0, 0.35],
  [1, 0.35],
  [1, 0.75],
  [0, 0.75],
];
const rules = [
  { offence: 'sidewalk_parking', zone: 'kerb', onset: '20s', legal: '60s' },
  { offence: 'street_vending', zone: 'kerb', onset: '20s', legal: '60s' },
  { offence: 'clutter', zone: 'kerb' },
] as const;

function makeScene(version: string): Scene {
  const { scene, issues } = resolveScene({ zones: { kerb }, rules: [...rules] }, version);
  if (scene === null) throw new Error(JSON.stringify(issues));
  return scene;
}

/** Five things that stand (one leaves and comes each two minutes) and three that pass, with the jitter of a detector. */
function makeBatch(camera: string, index: number, capturedAtMs: number): DetectionBatch {
  const spread = (size: number): number => (Math.random() - 0.5) * size;
  const s = capturedAtMs / 1000 + index * 7;
  const boxes = Array.from({ length: 8 }, (_, i): [number, number, number, number] => {
    const isPassing = i >= 5 || (i === 4 && s % 120 < 20);
    const x = isPassing ? (s * (0.03 + 0.01 * i)) % 0.9 : 0.02 + i * 0.17;
    const y = isPassing ? 0.62 : 0.42;
    return [x + spread(0.004), y + spread(0.004), x + 0.1 + spread(0.004), y + 0.13 + spread(0.004)];
  });
  const classes = ['car', 'car', 'truck', 'person', 'car', 'car', 'person', 'motorcycle'] as const;
  return {
    v: 1,
    camera,
    ptsMs: capturedAtMs,
    capturedAtMs,
    clockErrorMs: 500,
    width: 1920,
    height: 1080,
    model: { name: 'yolox-nano', sha256: 'c789161ed2db39d7f2a1a2a8b1e4f3f09ee5e6e36ea8e9b3e1f3c7e0b2ab4b11' },
    detections: boxes.map((box, i) => ({ class: classes[i] ?? 'car', score: 0.7 + spread(0.2), box })),
  };
}

const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-bench-rules-'));
const logger = createLogger('warn');
const engine = await startEmbeddedNats({ dir, logger });
const bus = await openNatsBus({ url: engine.url, name: 'bench', logger });
try {
  const table = await bus.openKeyValue<Scene>('scenes');
  const ids = Array.from({ length: cameras }, (_, i) => `cam-${i}`);
  await Promise.all(ids.map((id) => table.put(id, makeScene(`${id}-1`))));
  const program = await buildRulesProcess();
  const child = startRulesChild(program, engine.url, {});
  child.process.once('exit', () => rmSync(path.dirname(program), { recursive: true, force: true }));
  const { pid } = child.process;
  if (pid === undefined) throw new Error('the rules did not start');

  // each camera at its own moment of the gap; a slot is what is due in a tenth of a second
  const slots = Math.round((gapMs / 1000) * ticksPerSecond);
  const startedAtMs = Date.now();
  let published = 0;
  let worst = 0;
  let before = { cpuS: 0, atMs: 0, batches: 0 };
  const endTick = (settleS + seconds) * ticksPerSecond;
  for (let tick = 0; tick < endTick; tick++) {
    const dueMs = startedAtMs + (tick * 1000) / ticksPerSecond;
    await setTimeout(Math.max(0, dueMs - Date.now()));
    if (tick === settleS * ticksPerSecond)
      before = { cpuS: measureTree(pid).cpuS, atMs: Date.now(), batches: published };
    const due = ids.flatMap((id, index) => (index % slots === tick % slots ? [{ id, index }] : []));
    await Promise.all(
      due.map(({ id, index }) =>
        bus.publish('detections', id, `${id}:${dueMs}`, makeBatch(id, index, Math.floor(dueMs))),
      ),
    );
    published += due.length;
    if (tick > settleS * ticksPerSecond) worst = Math.max(worst, published - child.readSeq());
  }
  const after = measureTree(pid);
  const wallS = (Date.now() - before.atMs) / 1000;
  const { lastSeq } = await bus.readBounds('detections');
  for (let i = 0; i < 300 && child.readSeq() < lastSeq; i++) await setTimeout(100);
  const checkpoints = await (await bus.openKeyValue<object>('checkpoints')).entries();
  const sizes = checkpoints.map(({ value }) => JSON.stringify(value).length).toSorted((a, b) => a - b);
  const cpuS = after.cpuS - before.cpuS;
  const batches = published - before.batches;
  const newest = await bus.readBounds('candidates');
  child.process.kill('SIGTERM');
  await child.exited;
  if (child.log.length > 0) process.stderr.write(`${child.log.join('\n')}\n`);
  const round = (value: number, digits: number): number => Number(value.toFixed(digits));
  recordFigures({
    bench: 'rules-role',
    cameras,
    batchesPerS: round(batches / wallS, 1),
    cores: round(cpuS / wallS, 3),
    cpuMsPerBatch: round((cpuS * 1000) / batches, 3),
    worstLagMessages: worst,
    isCaughtUp: child.readSeq() >= lastSeq,
    rssMb: after.rssMb,
    checkpointKb: round((sizes[Math.floor(sizes.length / 2)] ?? 0) / 1000, 1),
    largestCheckpointKb: round((sizes.at(-1) ?? 0) / 1000, 1),
    events: newest.lastSeq,
    seconds,
  });
} finally {
  await bus.close();
  await engine.stop();
  rmSync(dir, { recursive: true, force: true });
}
