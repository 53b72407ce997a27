import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunCandidate, runClip } from '../../app/commands/run.ts';
import { verifyPackage } from '../../evidence/mod.ts';
import { findFixture, projectRoot } from '../support/fixtures.ts';

const models = [
  ['YOLOX-nano', findFixture('weights/yolox_nano_416.onnx')],
  ['the bundled weights', path.join(projectRoot, 'models/street-nano.json')],
].flatMap(([name, file]): [string, string][] => (name && file ? [[name, file]] : []));
const kerbVan = findFixture('footage/kerb-van.mp4');
const carParkLane = findFixture('footage/car-park-lane.mp4');

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'xunjie-clips-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function run(
  model: string,
  clip: string,
  name: string,
  zone: string,
  times: string,
): Promise<RunCandidate[]> {
  const scene = path.join(dir, `${name}.yaml`);
  await writeFile(
    scene,
    `zones:\n  ${name}: ${zone}\nrules:\n  - {offence: sidewalk_parking, zone: ${name}, ${times}}\n`,
  );
  const lines: string[] = [];
  const options = {
    scene,
    model,
    out: path.join(dir, `${name}-out`),
    data: dir,
    json: true,
    workers: 1,
    logLevel: 'warn' as const,
  };
  const code = await runClip(clip, options, (line) => lines.push(line));
  expect(code).toBe(0);
  expect(lines).toHaveLength(1);
  return (JSON.parse(lines[0] ?? '') as { candidates: RunCandidate[] }).candidates;
}

test.skipIf(!kerbVan).each(models)(
  '%s: a street with one car that is there from the start and one van that comes and goes: two candidates, and packages that verify',
  async (_name, model) => {
    const candidates = await run(
      model,
      kerbVan ?? '',
      'near-kerb',
      '[[0.74, 0.47], [0.88, 0.47], [0.90, 0.95], [0.66, 0.95]]',
      'onset: 10s, legal: 60s',
    );
    expect(candidates.map(({ fromS }) => fromS).toSorted((a, b) => a - b)).toHaveLength(2);
    const [car, van] = candidates.toSorted((a, b) => a.fromS - b.fromS) as [RunCandidate, RunCandidate];

    expect(car.fromS).toBeLessThanOrEqual(1); // its dwell counts from first sight
    expect(car.toS).toBeNull(); // and goes on behind the van's roof
    expect(car.raisedAtS).toBeGreaterThanOrEqual(60);
    expect(car.raisedAtS).toBeLessThanOrEqual(70);

    expect(Math.abs(van.fromS - 118)).toBeLessThanOrEqual(3);
    expect(Math.abs((van.toS ?? 0) - 428)).toBeLessThanOrEqual(3);
    expect(van.dwellS).toBeCloseTo((van.toS ?? 0) - van.fromS, 1);
    expect(van.seenShare).toBeGreaterThan(0.9);

    for (const { evidence, id } of candidates) {
      const verdict = await verifyPackage(evidence ?? '');
      expect(verdict).toMatchObject({ ok: true, candidateId: id });
    }

    const clip = path.join(
      van.evidence ?? '',
      'original',
      (await readdir(path.join(van.evidence ?? '', 'original')))[0] ?? '',
    );
    const bytes = await readFile(clip);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    await writeFile(clip, bytes);
    const broken = await verifyPackage(van.evidence ?? '');
    expect(broken.ok).toBe(false);
    expect(broken.problem).toContain(path.basename(clip));
  },
  180_000,
);

test.skipIf(!carParkLane).each(models)(
  '%s: cars that drive through a zone without stopping: no candidate',
  async (_name, model) => {
    expect(
      await run(model, carParkLane ?? '', 'whole', '[[0, 0], [1, 0], [1, 1], [0, 1]]', 'legal: 5s'),
    ).toEqual([]);
  },
  120_000,
);
