import { expect, test } from 'vitest';
import { makeCameraHealth } from '../../test/support/camera-health.ts';
import { createLatestHealth } from './latest-health.ts';

test('the newest report of each camera is kept, and a camera that fell silent for long is not', () => {
  let nowMs = 0;
  const latest = createLatestHealth(() => nowMs);
  latest.note(makeCameraHealth({ camera: 'a', framesSampled: 1 }));
  latest.note(makeCameraHealth({ camera: 'b' }));
  latest.note(makeCameraHealth({ camera: 'a', framesSampled: 2 }));
  expect(latest.list().map(({ camera, framesSampled }) => [camera, framesSampled])).toEqual([
    ['a', 2],
    ['b', 0],
  ]);
  nowMs = 4 * 60_000;
  latest.note(makeCameraHealth({ camera: 'b' }));
  nowMs = 6 * 60_000;
  expect(latest.list().map(({ camera }) => camera)).toEqual(['b']);
});
