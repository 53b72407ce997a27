import { readdir, readFile } from 'node:fs/promises';
import type { CameraHealth, CameraSource } from '../../domain/mod.ts';
import { createLogger } from '../../platform/mod.ts';
import { type Camera, type CameraOptions, type Frame, openCamera } from '../mod.ts';

export interface WatchedSource {
  readonly camera: Camera;
  readonly frames: Frame[];
  readonly healths: CameraHealth[];
  /** Everything that was logged or reported. */
  readonly printed: string[];
  /** Resolves once it holds; asked at each frame and each report. */
  waitUntil(holds: (health: CameraHealth, frames: readonly Frame[]) => boolean): Promise<void>;
}

/** Opens a source as the program does, with the real waits, and keeps what comes of it. */
export async function watchSource(
  source: CameraSource,
  over: Partial<CameraOptions> = {},
): Promise<WatchedSource> {
  const frames: Frame[] = [];
  const healths: CameraHealth[] = [];
  const printed: string[] = [];
  const waiting = new Set<() => void>();
  const tell = (): void => {
    for (const look of waiting) look();
  };
  const camera = await openCamera({
    id: 'gate-7',
    source,
    ring: null,
    maxPixelWidth: 160,
    maxPixelHeight: 160,
    onsetMs: 60_000,
    async onFrame(frame) {
      frames.push(frame);
      tell();
    },
    onHealth(health) {
      healths.push(health);
      printed.push(JSON.stringify(health));
      tell();
    },
    restart: 'forever',
    logger: createLogger('debug', (line) => printed.push(line)),
    ...over,
  });
  return {
    camera,
    frames,
    healths,
    printed,
    waitUntil: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          const health = healths.at(-1);
          if (health === undefined || !holds(health, frames)) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}

/** Command lines of the running ffmpeg processes that this process started. */
export async function listFfmpegCommands(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      if (Number(/^\d+ \(ffmpeg\) \S (\d+) /.exec(stat)?.[1]) !== process.pid) return '';
      return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    }),
  );
  return found.filter((line) => line !== '');
}
