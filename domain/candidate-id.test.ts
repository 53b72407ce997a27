import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toCandidateId } from './candidate-id.ts';
import { shardCount, toShard, toSubject } from './subjects.ts';

test('the same stay has the same id, on any machine', () => {
  expect(toCandidateId('cam-1', 'sidewalk_parking@kerb', 1_700_000_000_000, [0.1, 0.2, 0.3, 0.4])).toBe(
    toCandidateId('cam-1', 'sidewalk_parking@kerb', 1_700_000_000_000, [0.1, 0.2, 0.3, 0.4]),
  );
  expect(toCandidateId('cam-1', 'sidewalk_parking@kerb', 1_700_000_000_000, [0.1, 0.2, 0.3, 0.4])).toMatch(
    /^[0-9a-v]{26}$/,
  );
});

test('camera, rule, start and place each make another id', () => {
  const ids = [
    toCandidateId('a', 'r', 1, [0, 0, 0.1, 0.1]),
    toCandidateId('b', 'r', 1, [0, 0, 0.1, 0.1]),
    toCandidateId('a', 's', 1, [0, 0, 0.1, 0.1]),
    toCandidateId('a', 'r', 2, [0, 0, 0.1, 0.1]),
    toCandidateId('a', 'r', 1, [0.5, 0, 0.6, 0.1]),
  ];
  expect(new Set(ids).size).toBe(ids.length);
});

test('a camera stays in its shard', () => {
  fc.assert(
    fc.property(fc.string(), (camera) => {
      expect(toShard(camera)).toBe(toShard(camera));
      expect(toShard(camera)).toBeGreaterThanOrEqual(0);
      expect(toShard(camera)).toBeLessThan(shardCount);
    }),
  );
  expect(toSubject('detections', 'cam-1')).toBe(`detections.${toShard('cam-1')}.cam-1`);
});
