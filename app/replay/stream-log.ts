import { type DetectionBatch, type Scene, toMessage, XunjieError } from '../../domain/mod.ts';
import type { Bus, BusMessage, Logger, StreamPart } from '../../platform/mod.ts';
import { type DetectionLog, isWanted, type LogPart } from './detection-log.ts';
import type { SceneSet } from './open-scenes.ts';

/** How far a camera's clock may be ahead of the bus's: a batch is published after it was captured. */
const aheadMs = 3_600_000;

/** The detections that the bus keeps (7 days), each camera's in the order in which they came. */
export function openStreamLog(bus: Bus, part: LogPart, logger: Logger): DetectionLog {
  const { fromMs, cameras } = part;
  const [only] = cameras;
  const which: StreamPart = only !== undefined && cameras.length === 1 ? { camera: only } : 'all';
  return {
    async *read() {
      const sinceMs = fromMs === null ? null : fromMs - aheadMs;
      for await (const messages of bus.readPast<DetectionBatch>('detections', which, sinceMs))
        yield messages.flatMap((message) => {
          const batch = readPayload(message, logger);
          return batch !== null && isWanted(batch, part) ? [batch] : [];
        });
    },
  };
}

/** What somebody else has put into the stream is passed over, as the rules do. */
function readPayload(message: BusMessage<DetectionBatch>, logger: Logger): DetectionBatch | null {
  try {
    return message.payload;
  } catch (error) {
    logger.warn({ seq: message.seq, error: toMessage(error) }, 'a message that is no batch is passed over');
    return null;
  }
}

/** The scenes that the program works by. Throws `not_found` when there are none. */
export async function readCurrentScenes(bus: Bus): Promise<SceneSet> {
  const entries = await (await bus.openKeyValue<Scene>('scenes')).entries();
  if (entries.length === 0)
    throw new XunjieError('not_found', 'the program has no scenes yet; give some with --scene');
  return { common: null, byCamera: Object.fromEntries(entries.map(({ key, value }) => [key, value])) };
}
