import type { ViewHealth, ViewProblem } from '../../domain/mod.ts';
import { describeBlur, describeBurnt, describeCover, describeMotion } from './describe-view.ts';
import type { Motion } from './fit-motion.ts';
import type { Plane } from './grey.ts';
import { isCovered, isDarkness, isDazzled, isHopeless, isOverexposed } from './judge-picture.ts';
import type { PictureFacts } from './picture-facts.ts';
import type { ReferenceView } from './reference-views.ts';
import { createSuspicion, type Suspicion } from './suspicion.ts';
import { createUsual, type Usual, type UsualFacts } from './usual.ts';
import { openViewDesk, type ViewDesk } from './view-desk.ts';
import type { ViewPlace } from './view-place.ts';

/** A sampled picture: RGB24 with its capture time. */
export interface ViewSample {
  readonly pixels: Uint8Array;
  readonly pixelWidth: number;
  readonly pixelHeight: number;
  readonly capturedAtMs: number;
}

/** What is remembered of a camera's view from one run to the next. */
export interface ViewMemory {
  readonly references: readonly ReferenceView[];
  readonly usual: UsualFacts;
}

export interface ViewCheck {
  /** Looks at a sample; samples much closer than half a second are passed over. */
  observe(sample: ViewSample): ViewHealth;
  read(): ViewHealth;
  /** Whether something worth keeping was learned since this was last asked. */
  takeNews(): boolean;
  /** What to keep; `null` before the first sample. */
  readMemory(): ViewMemory | null;
  /** The view that is seen from now on is the right one. */
  acceptView(): void;
}

const leastGapMs = 400;
const leastWidth = 48;
const leastHeight = 27;

const nothing: ViewHealth = { problem: null, reason: '', sinceMs: null };

/** Times until a verdict. Traffic covers a picture for seconds, headlights blind for three, a lorry waits in front for half a minute. */
const times = {
  black: { raiseMs: 5000, raiseSamples: 3, clearMs: 4000 },
  overexposed: { raiseMs: 7000, raiseSamples: 3, clearMs: 4000 },
  blurred: { raiseMs: 16_000, raiseSamples: 4, clearMs: 8000 },
  hopeless: { raiseMs: 45_000, raiseSamples: 8, clearMs: 8000 },
  exact: { raiseMs: 15_000, raiseSamples: 4, clearMs: 1 },
  near: { raiseMs: 30_000, raiseSamples: 5, clearMs: 1 },
  shifted: { raiseMs: 10_000, raiseSamples: 3, clearMs: 7000 },
  lost: { raiseMs: 40_000, raiseSamples: 6, clearMs: 7000 },
} as const;

/** Judges a camera's view from its sampled pictures alone. Pure but for its memory: no clock, no files. */
export function createViewCheck(kept: ViewMemory | null = null): ViewCheck {
  const suspicions = Object.fromEntries(
    Object.entries(times).map(([name, time]) => [name, createSuspicion(time)]),
  ) as Record<keyof typeof times, Suspicion>;
  const usual: Usual = createUsual(kept?.usual ?? null);
  let references: readonly ReferenceView[] = kept?.references ?? [];
  let desk: ViewDesk | null = null;
  let health = nothing;
  let lastMs: number | null = null;
  let motion: Motion | null = null;

  const notePlace = (place: ViewPlace, plane: Plane, facts: PictureFacts, atMs: number): void => {
    const said = place.note(plane, facts.mean, atMs);
    if (said === null) return;
    if (said.kind === 'shifted') motion = said.motion;
    const isHere = said.kind === 'here' ? false : null;
    suspicions.shifted.note(said.kind === 'shifted' ? true : isHere, atMs);
    suspicions.lost.note(said.kind === 'lost' && !isDazzled(facts, usual) ? true : isHere, atMs);
  };

  const look = (at: ViewDesk, sample: ViewSample): ViewHealth => {
    const atMs = sample.capturedAtMs;
    const facts = at.layOut(sample.pixels);
    const isDark = isCovered(facts);
    const isBurnt = isOverexposed(facts, usual);
    const isBlind = isDark || isBurnt;
    suspicions.black.note(isDark, atMs);
    suspicions.overexposed.note(isBurnt, atMs);
    const still = at.stillness.note(at.grey, atMs);
    suspicions.exact.note(still === 'exact', atMs);
    suspicions.near.note(still !== 'live', atMs);
    const isFrozen = still !== 'live' && (suspicions.exact.holds || suspicions.near.holds);
    suspicions.blurred.note(isBlind || isDazzled(facts, usual) ? null : usual.isSofter(facts), atMs);
    suspicions.hopeless.note(isBlind || !at.isWideEnough ? null : isHopeless(facts), atMs);
    const isOdd = isBlind || isFrozen || suspicions.blurred.isRaised;
    if (!isOdd) usual.learn(facts, atMs);
    if (!isBlind && !isFrozen) notePlace(at.place, at.placePlane, facts, atMs);
    return toHealth(facts, at);
  };

  const toHealth = (facts: PictureFacts, at: ViewDesk): ViewHealth => {
    if (suspicions.black.holds) return say('black', describeCover(facts), suspicions.black);
    if (suspicions.overexposed.holds) return say('overexposed', describeBurnt(facts), suspicions.overexposed);
    const frozen = [suspicions.exact, suspicions.near].find((one) => one.holds);
    if (frozen) {
      const sinceMs = at.stillness.sinceMs ?? frozen.sinceMs;
      return keep({ problem: 'frozen', reason: 'the same picture again and again', sinceMs });
    }
    const blurred = [suspicions.blurred, suspicions.hopeless].find((one) => one.holds);
    if (blurred)
      return isDarkness(facts)
        ? say('black', 'nothing can be seen: lens covered, or no light', blurred)
        : say('blurred', describeBlur(facts, usual), blurred);
    const moved = [suspicions.shifted, suspicions.lost].find((one) => one.holds);
    if (moved) {
      const shown = moved === suspicions.shifted && motion !== null ? describeMotion(motion) : null;
      return say('moved', shown ?? 'the view is another than the reference view', moved);
    }
    return nothing;
  };
  const say = (problem: ViewProblem, reason: string, by: Suspicion): ViewHealth =>
    keep({ problem, reason, sinceMs: by.sinceMs });
  /** A verdict keeps the time at which it began. */
  const keep = (next: ViewHealth): ViewHealth =>
    next.problem === health.problem ? { ...next, sinceMs: health.sinceMs } : next;

  return {
    observe(sample) {
      const { pixelWidth, pixelHeight, capturedAtMs } = sample;
      if (pixelWidth < leastWidth || pixelHeight < leastHeight) return health;
      if (lastMs !== null && capturedAtMs >= lastMs && capturedAtMs - lastMs < leastGapMs) return health;
      lastMs = capturedAtMs;
      if (desk === null || desk.width !== pixelWidth || desk.height !== pixelHeight) {
        references = desk?.place.references ?? references;
        desk = openViewDesk(pixelWidth, pixelHeight, references);
      }
      health = look(desk, sample);
      return health;
    },
    read: () => health,
    takeNews: () => desk !== null && [desk.place.takeNews(), usual.takeNews()].some(Boolean),
    readMemory: () => (desk === null ? null : { references: desk.place.references, usual: usual.read() }),
    acceptView() {
      desk?.place.restart();
      references = [];
      for (const name of ['shifted', 'lost', 'blurred', 'hopeless'] as const) suspicions[name].reset();
      usual.forget();
      if (health.problem === 'moved' || health.problem === 'blurred') health = nothing;
    },
  };
}
