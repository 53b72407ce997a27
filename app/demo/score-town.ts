import type { RunCandidate, RunSuppressed } from '../commands/run.ts';
import type { Truth, TruthEvent } from '../replay/read-truth.ts';

/** What a run of one clip gave. */
export interface ClipOutcome {
  readonly candidates: readonly RunCandidate[];
  readonly suppressed: readonly RunSuppressed[];
}

export type Verdict = 'found' | 'missed' | 'false' | 'held' | 'not held' | 'raised';

/** One line of the score's table: a stay of the truth, or a candidate that is none. */
export interface ScoreRow {
  readonly camera: string;
  readonly stay: string;
  readonly zone: string;
  readonly class: string;
  readonly fromS: number | null;
  readonly toS: number | null;
  readonly raisedAtS: number | null;
  readonly verdict: Verdict;
  readonly reason: string;
}

export interface TownScore {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** How far a stay's ends may lie from the truth's: onset, samples a second apart, and what hides a thing as it comes and goes. */
const toleranceS = 10;

/** One kind under the rules: a van may be called a car or a truck, a stall after its parasol or its cart. */
const kinds = [
  ['car', 'truck', 'bus'],
  ['object', 'cart', 'umbrella', 'goods', 'vendor_stall'],
];

type Found = Pick<RunCandidate, 'offence' | 'zone' | 'class' | 'fromS' | 'toS'>;

function isSameKind(a: string | null, b: string): boolean {
  return a === null || a === b || kinds.some((kind) => kind.includes(a) && kind.includes(b));
}

function isNear(truth: TruthEvent['from'], found: number | null): boolean {
  if (truth === null || found === null) return truth === found;
  return Math.abs(Number(truth) - found) <= toleranceS;
}

/** A stay that ends shortly before the clip does may seem to be there still: it takes a while to be sure that a thing has gone. */
function isSameEnd(truth: TruthEvent['to'], found: number | null, durationS: number | null): boolean {
  if (found === null && truth !== null && durationS !== null) return Number(truth) >= durationS - toleranceS;
  return isNear(truth, found);
}

function isSameStay(event: TruthEvent, found: Found, durationS: number | null): boolean {
  return (
    found.offence === event.offence &&
    found.zone === event.zone &&
    isSameKind(event.class, found.class) &&
    isNear(event.from, found.fromS) &&
    isSameEnd(event.to, found.toS, durationS)
  );
}

/** Sets what a clip's run gave against its truth. Each candidate counts for one stay; a held stay that is raised is a false alarm. */
export function scoreClip(truth: Truth, { candidates, suppressed }: ClipOutcome): ScoreRow[] {
  const rows: ScoreRow[] = [];
  const open = new Set(candidates);
  const waiting = new Set(suppressed);
  const describe = (event: TruthEvent): Omit<ScoreRow, 'verdict' | 'reason' | 'raisedAtS'> => ({
    camera: truth.camera,
    stay: event.offence ?? event.id,
    zone: event.zone ?? '',
    class: event.class ?? '',
    fromS: event.from === null ? null : Number(event.from),
    toS: event.to === null ? null : Number(event.to),
  });
  for (const event of truth.events) {
    const match = [...open].find((candidate) => isSameStay(event, candidate, truth.durationS));
    if (match) open.delete(match);
    const raisedAtS = match?.raisedAtS ?? null;
    rows.push({ ...describe(event), raisedAtS, verdict: match ? 'found' : 'missed', reason: '' });
  }
  for (const event of truth.held) {
    const match = [...waiting].find(
      (held) => held.reason === event.reason && isSameStay(event, held, truth.durationS),
    );
    if (match) waiting.delete(match);
    const raised = [...open].find((candidate) => isSameStay(event, candidate, truth.durationS));
    if (raised) open.delete(raised);
    const verdict = raised ? 'raised' : match ? 'held' : 'not held';
    rows.push({ ...describe(event), raisedAtS: raised?.raisedAtS ?? null, verdict, reason: event.reason });
  }
  for (const candidate of open)
    rows.push({ camera: truth.camera, stay: candidate.offence, ...candidate, verdict: 'false', reason: '' });
  return rows;
}

/** Precision, recall and F1 of what was raised; 1 where there is nothing to find or nothing was raised. */
export function sumUp(rows: readonly ScoreRow[]): TownScore {
  const count = (...verdicts: Verdict[]): number =>
    rows.filter(({ verdict }) => verdicts.includes(verdict)).length;
  const found = count('found');
  const precision = toShare(found, found + count('false', 'raised'));
  const recall = toShare(found, found + count('missed'));
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { precision, recall, f1: round(f1) };
}

function toShare(part: number, whole: number): number {
  return whole === 0 ? 1 : round(part / whole);
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
