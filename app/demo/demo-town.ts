import path from 'node:path';
import type { Model } from '../../detector/mod.ts';
import { probeClip } from '../../ingest/mod.ts';
import type { ClosingStack, Logger } from '../../platform/mod.ts';
import { startRtspCamera } from '../../samples/rtsp-camera/mod.ts';
import type { ClipPasses } from '../clip-passes.ts';
import type { CameraConfig } from '../config/program-config.ts';
import { loadScene } from '../config/scene-file.ts';
import { townCameras, townDir } from './town-cameras.ts';

/** The rest of a clip that a camera plays after a stop longer than the clip: enough for its recordings to be asked for once more. */
const minPlayedMs = 3000;

/**
 * The demo town's cameras. A simulated RTSP camera's clip begins when it is first played, however long a busy machine takes to get there,
 * and goes on where it would be by now, as a real street does, when the program or the connection was stopped in between. Without a model the clips are read as files, because recorded detections belong to exact clip times.
 */
export async function openDemoTown(options: {
  model: Model | null;
  passes: ClipPasses;
  logger: Logger;
  closing: ClosingStack;
}): Promise<CameraConfig[]> {
  const { model, passes, logger, closing } = options;
  const cameras: CameraConfig[] = [];
  for (const { id, name, over } of townCameras) {
    const clip = path.join(townDir, `${id}.mp4`);
    const scene = await loadScene(path.join(townDir, `${id}.scene.yaml`));
    const base = { id, name, scene, recordedDetectionsFile: path.join(townDir, `${id}.detections.jsonl`) };
    if (over === 'file' || !model) {
      cameras.push({ ...base, source: { kind: 'file', path: clip, realTime: over === 'rtsp' } });
      continue;
    }
    const finished = await passes.isFinished(id, clip);
    const { durationMs } = await probeClip(clip);
    const lastStartMs = Math.max(0, (durationMs ?? 0) - minPlayedMs);
    const simulated = await startRtspCamera({
      clip,
      path: `/${id}`,
      loop: false,
      async positionS() {
        const { startedAtMs } = await passes.open(id, clip, Date.now());
        return Math.min(Date.now() - startedAtMs, lastStartMs) / 1000;
      },
      logger: logger.child({ simulated: id }),
    });
    closing.push(`simulated camera ${id}`, () => simulated.stop());
    cameras.push({ ...base, source: { kind: 'rtsp', url: simulated.url }, finished });
  }
  return cameras;
}
