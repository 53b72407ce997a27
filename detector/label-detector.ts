import { openDetectorOn, workerEngine } from './detector.ts';
import type { DetectorOptions } from './detector-options.ts';
import type { DetectorStats } from './detector-stats.ts';
import type { LabelDetection, ThresholdOverrides } from './label-detection.ts';
import type { Picture } from './picture.ts';
import { startWorker } from './start-worker.ts';

/** A detector that reports a model's own labels, all of them, for evaluation. */
export interface LabelDetector {
  /** The card's labels; `LabelDetection.label` counts in them. */
  readonly labels: readonly string[];
  /** As `Detector.detect`, with `label` in place of `class` and suppression within each label. */
  detect(picture: Picture): Promise<LabelDetection[]>;
  stats(): DetectorStats;
  close(): Promise<void>;
}

export interface LabelDetectorOptions extends DetectorOptions {
  /** In place of the card's. */
  readonly thresholds?: ThresholdOverrides;
}

/** Opens a model as `openDetector` does. @throws XunjieError as `openDetector`. */
export async function openLabelDetector(options: LabelDetectorOptions): Promise<LabelDetector> {
  const { thresholds = {} } = options;
  const detector = await openDetectorOn(
    {
      ...workerEngine,
      startWorker: (setup) => startWorker('detect-worker', { ...setup, report: 'labels', thresholds }),
    },
    options,
  );
  return {
    labels: options.model.card.labels,
    // Its workers were told to report labels; the queue between hands on whatever they say.
    detect: async (picture) => (await detector.detect(picture)) as unknown as LabelDetection[],
    stats: () => detector.stats(),
    close: () => detector.close(),
  };
}
