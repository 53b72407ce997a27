import { toZonedIso } from '../../domain/mod.ts';
import type { CameraSpan } from './fold-log.ts';

/** How times are written: seconds of the clip, or the clock where the cameras stand. */
export interface TimeText {
  readonly isClip: boolean;
  write(ms: number, camera: string): string;
}

/** Clips whose begin nobody told count from 1970. */
const clipUntilMs = 366 * 86_400_000;

export function createTimeText(cameras: readonly CameraSpan[], timeZone: string): TimeText {
  const origins = new Map(cameras.map(({ camera, originMs }) => [camera, originMs]));
  const isClip = cameras.every(({ originMs }) => originMs < clipUntilMs);
  return {
    isClip,
    write: (ms, camera) =>
      isClip
        ? ((ms - (origins.get(camera) ?? 0)) / 1000).toFixed(1)
        : toZonedIso(Math.round(ms / 1000) * 1000, timeZone)
            .slice(0, 19)
            .replace('T', ' '),
  };
}
