import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type RulesRole, startRulesRole } from '../../app/roles/rules-role.ts';
import type { CandidateEvent, Scene } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { type OwnNats, openOwnNats } from '../support/own-nats.ts';
import { expectEvents, publishBatches } from '../support/rules-log.ts';
import { foldUndisturbed, makeStreetLogs } from '../support/street-logs.ts';

const cameras = ['kerb-east', 'kerb-west', 'gate-1'];
const { scenes, batches } = makeStreetLogs({ seed: 7, seconds: 200, cameras, place: 'market' });
const half = Math.floor(batches.length / 2);

function createEar() {
  const logger = createLogger('silent');
  return { logger, errors: vi.spyOn(logger, 'error'), warnings: vi.spyOn(logger, 'warn') };
}

async function startRole(nats: OwnNats, logger = createLogger('silent')): Promise<RulesRole> {
  const role = await startRulesRole({ bus: nats.bus, logger, saveEachMs: 30 });
  let isOver = false;
  const stop = async (): Promise<void> => {
    if (!isOver) await role.stop();
    isOver = true;
  };
  onTestFinished(stop);
  return { ...role, stop };
}

async function putScenes({ bus }: OwnNats, changed: ReadonlyMap<string, Scene> = scenes): Promise<void> {
  const table = await bus.openKeyValue<Scene>('scenes');
  for (const [camera, scene] of changed) await table.put(camera, scene);
}

async function fold(nats: OwnNats, role: RulesRole): Promise<void> {
  const { lastSeq } = await nats.bus.readBounds('detections');
  await expect.poll(() => role.readSeq(), { timeout: 60_000 }).toBe(lastSeq);
}

const undisturbed = foldUndisturbed(batches, ({ camera }) => scenes.get(camera) as Scene);

test.each([
  ['no JSON', '{"v":2,"seq":', /no JSON/],
  ['of an older program', '{"seq":12,"state":{"v":1,"camera":"gate-1"}}', /version/],
  ['with a state of another version', null, /state has version 99/],
  ['with parts missing', '{"v":2,"streamId":"x","seq":3,"scene":null,"state":{"v":2}}', /missing|version/],
  ['something else', '[1,2,3]', /no object/],
])(
  'a checkpoint that is %s is named, and the camera folded again from the beginning without saying anything twice',
  async (_name, text, why) => {
    const nats = await openOwnNats('rules-checkpoint');
    await putScenes(nats);
    const first = await startRole(nats);
    await publishBatches(nats, batches.slice(0, half));
    await fold(nats, first);
    await first.stop();
    const saved = await (await nats.bus.openKeyValue<{ state: object }>('checkpoints')).get('gate-1');
    const other = JSON.stringify({ ...saved?.value, state: { ...saved?.value.state, v: 99 } });
    for (const camera of ['gate-1', 'kerb-west']) await nats.putText('checkpoints', camera, text ?? other);
    await nats.forgetIds('candidates');
    await setTimeout(150);
    await publishBatches(nats, batches.slice(half));
    const { logger, errors } = createEar();
    const second = await startRole(nats, logger);
    await fold(nats, second);
    await second.stop();
    await expectEvents(nats, undisturbed);
    const named = errors.mock.calls.map(([fields]) => fields as { camera?: string; why?: string });
    expect(new Set(named.map(({ camera }) => camera))).toEqual(new Set(['gate-1', 'kerb-west']));
    expect(named).toHaveLength(2);
    for (const { why: said } of named) expect(said).toMatch(why);
  },
);

test('a state that is damaged where no check looks is found at the first batch and folded again', async () => {
  const nats = await openOwnNats('rules-damaged');
  await putScenes(nats);
  const first = await startRole(nats);
  await publishBatches(nats, batches.slice(0, half));
  await fold(nats, first);
  await first.stop();
  const table = await nats.bus.openKeyValue<{ state: { presences: unknown[]; tracks: unknown[] } }>(
    'checkpoints',
  );
  const saved = await table.get('gate-1');
  if (saved === null) throw new Error('nothing is saved');
  await table.put('gate-1', {
    ...saved.value,
    state: { ...saved.value.state, presences: [7], tracks: [null] },
  });
  const { logger, errors } = createEar();
  const second = await startRole(nats, logger);
  await publishBatches(nats, batches.slice(half));
  await fold(nats, second);
  await expectEvents(nats, undisturbed);
  expect(errors.mock.calls.map(([, message]) => message)).toContain('the state of a camera is damaged');
});

test('with all checkpoints and all memory of ids gone nothing is said twice, months later', async () => {
  const nats = await openOwnNats('rules-gone');
  await putScenes(nats);
  const first = await startRole(nats);
  await publishBatches(nats, batches.slice(0, half));
  await fold(nats, first);
  await first.stop();
  const table = await nats.bus.openKeyValue('checkpoints');
  for (const camera of cameras) await table.delete(camera);
  await nats.forgetIds('candidates');
  await setTimeout(150);
  const second = await startRole(nats);
  await publishBatches(nats, batches.slice(half));
  await fold(nats, second);
  await expectEvents(nats, undisturbed);
});

test('a message that is no batch is counted and passed over', async () => {
  const nats = await openOwnNats('rules-rubbish');
  await putScenes(nats);
  const { logger, errors } = createEar();
  const role = await startRole(nats, logger);
  await publishBatches(nats, batches.slice(0, half));
  await nats.bus.publish('detections', 'gate-1', 'rubbish-1', 'rubbish');
  await nats.bus.publish('detections', 'gate-1', 'rubbish-2', null);
  await nats.bus.publish('detections', 'gate-1', 'rubbish-3', { ...batches[0], camera: 'gate-9' });
  await nats.bus.publish('detections', 'gate-1', 'rubbish-4', {
    ...batches[0],
    camera: 'gate-1',
    detections: [{ class: 'car', score: 1, box: [0, 'x', 1, 1] }],
  });
  await publishBatches(nats, batches.slice(half));
  await fold(nats, role);
  await expectEvents(nats, undisturbed);
  expect(role.figures().passedOver).toEqual({ unreadable: 4, failed: 0, expired: 0 });
  expect(errors).toHaveBeenCalledTimes(1);
});

test('what the log lost before it was read is counted and said, and a camera that is gone is no reason to read from its end', async () => {
  const nats = await openOwnNats('rules-expired');
  await putScenes(nats);
  const first = await startRole(nats);
  await publishBatches(nats, batches.slice(0, half));
  await fold(nats, first);
  await first.stop();
  await (await nats.bus.openKeyValue('scenes')).delete('kerb-west');
  await publishBatches(nats, batches.slice(half));
  await nats.dropBefore('detections', half + 41);
  const { logger, errors } = createEar();
  const second = await startRole(nats, logger);
  await fold(nats, second);
  expect(second.figures().passedOver.expired).toBe(40);
  expect(errors.mock.calls).toEqual([
    [{ expired: 40 }, 'messages had expired before they were read; what happened then is not known'],
  ]);
  const checkpoints = await nats.bus.openKeyValue('checkpoints');
  await expect.poll(() => checkpoints.get('kerb-west')).toBeNull();
  expect(second.figures().cameras).toBe(2);
});

test('a scene that is taken away ends what stands there, once, and leaves nothing behind', async () => {
  const nats = await openOwnNats('rules-removed');
  await putScenes(nats);
  const role = await startRole(nats);
  const own = batches.filter(({ camera }) => camera === 'gate-1');
  await publishBatches(nats, own.slice(0, 100));
  await fold(nats, role);
  const before = (await nats.readAll<CandidateEvent>('candidates')).map(({ payload }) => payload);
  const open = new Set(before.filter(({ type }) => type === 'opened').map(({ candidate }) => candidate.id));
  for (const { type, candidate } of before) if (type === 'ended') open.delete(candidate.id);
  expect(open.size).toBeGreaterThan(0);
  await (await nats.bus.openKeyValue('scenes')).delete('gate-1');
  await publishBatches(nats, own.slice(100));
  await fold(nats, role);
  const after = (await nats.readAll<CandidateEvent>('candidates')).slice(before.length);
  expect(new Set(after.map(({ payload }) => payload.candidate.id))).toEqual(open);
  expect(after.map(({ payload }) => payload.type)).toEqual([...open].map(() => 'ended'));
  await expect.poll(async () => (await nats.bus.openKeyValue('checkpoints')).get('gate-1')).toBeNull();
});
