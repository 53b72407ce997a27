import { toIou, XunjieError } from '../../domain/mod.ts';
import { assignLeastCost } from '../assign.ts';
import type { MotRow } from './mot-row.ts';

/** What the figures are computed from: who is where in each frame, and how much they overlap. */
export interface MotSequence {
  readonly frames: readonly MotFrame[];
  readonly truthTracks: number;
  readonly hypothesisTracks: number;
}

/** Tracks are numbered from 0 over the sequence, in the order of the files' lines. */
export interface MotFrame {
  readonly truths: readonly number[];
  readonly hypotheses: readonly number[];
  /** Intersection over union, row-major: truths x hypotheses. */
  readonly overlaps: Float64Array;
}

export const truthFormats = ['mot15', 'mot16', 'mot20'] as const;
/** mot15: no classes. mot16 (also MOT17): the eighth column is the class. mot20: as mot16, vehicles are distractors too. */
export type TruthFormat = (typeof truthFormats)[number];

export interface TruthReading {
  readonly format: TruthFormat;
  /** Classes that count; 1 is the pedestrian. Not used for mot15. */
  readonly classes: readonly number[];
}

/** The rows of one file, and its name for messages. */
export interface MotRows {
  readonly file: string;
  readonly rows: readonly MotRow[];
}

/** Person on a vehicle, standing person, distractor, reflection: to find them is neither right nor wrong. */
const distractors = [2, 7, 8, 12];
const vehicleWithoutMotor = 6;

/** MOT16 and later ground truth has nine columns, of which the eighth is a class from 1; MOT15 has ten. */
export function guessTruthFormat(rows: readonly MotRow[]): 'mot15' | 'mot16' {
  const isWithClasses = rows.every((row) => row.columns === 9 && row.class !== null && row.class >= 1);
  return rows.length > 0 && isWithClasses ? 'mot16' : 'mot15';
}

/**
 * Puts ground truth and hypotheses side by side. Ground truth marked 0 does not count. With classes, a hypothesis that
 * fits a distractor best is taken out, as TrackEval does, and ground truth of other classes does not count.
 * @throws XunjieError `bad_dataset` when a track is in one frame twice.
 */
export function toMotSequence(truths: MotRows, hypotheses: MotRows, reading: TruthReading): MotSequence {
  const truthsByFrame = groupByFrame(truths);
  const hypothesesByFrame = groupByFrame(hypotheses);
  const toTruth = createNumbering();
  const toHypothesis = createNumbering();
  const numbers = [...new Set([...truthsByFrame.keys(), ...hypothesesByFrame.keys()])];
  const frames = numbers
    .toSorted((a, b) => a - b)
    .map((number): MotFrame => {
      const allTruths = truthsByFrame.get(number) ?? [];
      const found = dropDistractors(allTruths, hypothesesByFrame.get(number) ?? [], reading);
      const counted = allTruths.filter((row) => isCounted(row, reading));
      return {
        truths: counted.map((row) => toTruth.numberOf(row.id)),
        hypotheses: found.map((row) => toHypothesis.numberOf(row.id)),
        overlaps: toOverlaps(counted, found),
      };
    });
  return { frames, truthTracks: toTruth.count(), hypothesisTracks: toHypothesis.count() };
}

function isCounted(row: MotRow, reading: TruthReading): boolean {
  // as TrackEval: the mark is read as a whole number
  if (Math.trunc(row.confidence) === 0) return false;
  return reading.format === 'mot15' || (row.class !== null && reading.classes.includes(row.class));
}

function dropDistractors(truths: readonly MotRow[], found: MotRow[], reading: TruthReading): MotRow[] {
  if (reading.format === 'mot15' || truths.length === 0 || found.length === 0) return found;
  const kinds = reading.format === 'mot20' ? [...distractors, vehicleWithoutMotor] : distractors;
  const isDistractor = (row: MotRow | undefined): boolean =>
    row !== undefined &&
    row.class !== null &&
    kinds.includes(row.class) &&
    !reading.classes.includes(row.class);
  const costs = toOverlaps(truths, found).map((overlap) => (isMatch(overlap) ? -overlap : 0));
  const dropped = new Set<number>();
  for (const [index, column] of assignLeastCost(costs, truths.length, found.length).entries())
    if (column !== -1 && (costs[index * found.length + column] as number) < 0 && isDistractor(truths[index]))
      dropped.add(column);
  return found.filter((_, index) => !dropped.has(index));
}

/** Whether two boxes overlap enough to be the same thing; half, whatever the rounding of the division. */
export function isMatch(overlap: number): boolean {
  return overlap >= 0.5 - Number.EPSILON;
}

function toOverlaps(truths: readonly MotRow[], found: readonly MotRow[]): Float64Array {
  const overlaps = new Float64Array(truths.length * found.length);
  let index = 0;
  for (const truth of truths) for (const row of found) overlaps[index++] = toIou(truth.box, row.box);
  return overlaps;
}

function groupByFrame({ file, rows }: MotRows): Map<number, MotRow[]> {
  const frames = new Map<number, MotRow[]>();
  for (const row of rows) {
    const frame = frames.get(row.frame);
    if (frame === undefined) frames.set(row.frame, [row]);
    else frame.push(row);
  }
  for (const frame of frames.values()) {
    const lines = new Map<number, number>();
    for (const { id, line, frame: number } of frame) {
      const earlier = lines.get(id);
      if (earlier !== undefined)
        throw new XunjieError(
          'bad_dataset',
          `${file}:${line}: id ${id} is in frame ${number} twice, first on line ${earlier}`,
        );
      lines.set(id, line);
    }
  }
  return frames;
}

function createNumbering(): { numberOf(id: number): number; count(): number } {
  const numbers = new Map<number, number>();
  return {
    numberOf(id) {
      const known = numbers.get(id);
      if (known !== undefined) return known;
      numbers.set(id, numbers.size);
      return numbers.size - 1;
    },
    count: () => numbers.size,
  };
}
