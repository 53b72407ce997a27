import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProgramConfig } from './program-config.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-review-config-'));
  await writeFile(
    path.join(dir, 'scene.yaml'),
    'zones: {a: [[0,0],[1,0],[1,1]]}\nrules: [{offence: clutter, zone: a}]\n',
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function load(review: string) {
  return (await loadFile(review)).review;
}

async function loadFile(text: string) {
  const file = path.join(dir, 'xunjie.yaml');
  await writeFile(file, `cameras:\n  - {id: c, source: c.mp4, scene: scene.yaml}\n${text}`);
  return loadProgramConfig(file);
}

test('the times and shares of review come from the file; what it does not say stays as by default', async () => {
  expect(await load('')).toEqual({});
  expect(
    await load(`review:
  lease: 5m
  undoWindow: 15s
  grace: 1h30m
  mergeGap: 0s
  managementLimit: 45m
  evidenceLimit: 2d
  penaltyLimitWorkDays: 3
  blindShare: 0.1
`),
  ).toEqual({
    leaseMs: 300_000,
    undoWindowMs: 15_000,
    graceMs: 5_400_000,
    mergeGapMs: 0,
    managementLimitMs: 2_700_000,
    evidenceLimitMs: 172_800_000,
    penaltyLimitWorkDays: 3,
    blindShare: 0.1,
  });
});

test('how near cases must be to be one', async () => {
  expect((await loadFile('')).cases).toEqual({});
  expect((await loadFile('cases: {mergeDistanceM: 80, mergeWithin: 36h}')).cases).toEqual({
    mergeWithinM: 80,
    mergeWithinMs: 129_600_000,
  });
});

test('whether the roster decides who may act', async () => {
  expect((await loadFile('')).roster).toEqual({});
  expect((await loadFile('roster: {enforced: true}')).roster).toEqual({ enforced: true });
});

test.each([
  ['review: {lease: 5 minutes}', /xunjie\.yaml:3:\d+: review\.lease: /],
  ['review: {lease: 1s}', /xunjie\.yaml:3:\d+: review\.lease: 1s is not between 30 s and 3600 s/],
  ['review:\n  undoWindow: 1h', /xunjie\.yaml:4:\d+: review\.undoWindow: 1h is not between 0 s and 300 s/],
  ['review:\n  blindShare: 5', /xunjie\.yaml:4:\d+: review\.blindShare: /],
  ['review:\n  penaltyLimitWorkDays: 0', /xunjie\.yaml:4:\d+: review\.penaltyLimitWorkDays: /],
  ['cases: {mergeDistanceM: 0}', /xunjie\.yaml:3:\d+: cases\.mergeDistanceM: /],
  ['cases:\n  mergeWithin: 60d', /xunjie\.yaml:4:\d+: cases\.mergeWithin: 60d is not between /],
  ['roster: {enforced: maybe}', /xunjie\.yaml:3:\d+: roster\.enforced: /],
  ['roster:\n  inforced: true', /xunjie\.yaml:4:\d+: roster\.inforced: /],
  ['review: {leese: 3m}', /xunjie\.yaml:3:\d+: review\.leese: /],
])('%j is refused with file, line and field', async (text, message) => {
  await expect(load(text)).rejects.toThrow(message);
});
