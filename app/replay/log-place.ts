import { type ClosingStack, type Logger, openNatsBus } from '../../platform/mod.ts';
import type { DetectionLog, LogPart } from './detection-log.ts';
import { type FileLogOptions, openFileLog } from './file-log.ts';
import { openStreamLog } from './stream-log.ts';

/** Where a log is: plain data, so that another thread can open it too. */
export type LogPlace =
  | { readonly kind: 'files'; readonly options: FileLogOptions }
  | { readonly kind: 'stream'; readonly natsUrl: string; readonly part: LogPart };

/** Opens a log; what it needs goes on the closing stack. */
export async function openLog(
  place: LogPlace,
  { closing, logger }: { closing: ClosingStack; logger: Logger },
): Promise<DetectionLog> {
  switch (place.kind) {
    case 'files':
      return openFileLog(place.options);
    case 'stream': {
      const bus = await openNatsBus({ url: place.natsUrl, name: 'xunjie replay', logger });
      closing.push('bus of the log', () => bus.close());
      return openStreamLog(bus, place.part, logger);
    }
    default:
      return place satisfies never;
  }
}
