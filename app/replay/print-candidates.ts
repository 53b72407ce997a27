import { formatDuration } from '../../domain/mod.ts';
import { toTableLines } from '../text-table.ts';
import type { ReplayCandidate } from './candidate-row.ts';
import type { FoldOutcome } from './fold-log.ts';
import type { TimeText } from './time-text.ts';

const counterWords: Readonly<Record<string, string>> = {
  duplicateBatches: 'batches came twice and were counted once',
  lateBatches: 'batches came late and were not used (--sort puts them in their place)',
  foreignBatches: "batches were another camera's",
  brokenBatches: 'batches had no time',
  holes: 'pauses in the samples',
  clockJumpsBack: "times the camera's clock was set back: all stays began anew",
  clockJumpsForward: "times the camera's clock was set forward: all stays began anew",
  viewBatches: 'batches were not used because the view was bad',
  tracksOverflowed: 'tracks were let go because there were too many',
  presencesOverflowed: 'stays were let go because there were too many',
};

/** What the fold did not use, in words. */
export function toCounterLines({ counters }: FoldOutcome): string[] {
  return Object.entries(counters).map(([name, count]) => {
    const words = counterWords[name] ?? name.replaceAll(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${count} ${words}`;
  });
}

export function toCandidateLines(candidates: readonly ReplayCandidate[], time: TimeText): string[] {
  const unit = time.isClip ? ' s' : '';
  return toTableLines(
    [
      'id',
      'camera',
      'offence',
      'zone',
      'class',
      `from${unit}`,
      `to${unit}`,
      `raised${unit}`,
      'dwell',
      'seen',
      'round',
    ],
    candidates.map((one) => [
      one.id,
      one.camera,
      one.offence,
      one.zone,
      one.class,
      time.write(one.fromMs, one.camera),
      one.toMs === null ? 'still there' : time.write(one.toMs, one.camera),
      one.raisedAtMs === null ? '-' : time.write(one.raisedAtMs, one.camera),
      formatDuration(one.dwellS * 1000),
      `${Math.round(one.seenShare * 100)} %`,
      String(one.round),
    ]),
  );
}

export function toSuppressedLines(suppressed: readonly ReplayCandidate[], time: TimeText): string[] {
  if (suppressed.length === 0) return [];
  const unit = time.isClip ? ' s' : '';
  return [
    '',
    `${suppressed.length} held back:`,
    ...toTableLines(
      ['id', 'camera', 'offence', 'zone', 'class', `from${unit}`, 'dwell', 'reason', 'why'],
      suppressed.map((one) => [
        one.id,
        one.camera,
        one.offence,
        one.zone,
        one.class,
        time.write(one.fromMs, one.camera),
        formatDuration(one.dwellS * 1000),
        one.suppressed ?? '',
        one.explanation,
      ]),
    ),
  ];
}
