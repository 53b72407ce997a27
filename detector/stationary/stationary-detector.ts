import { type Box, type Detection, isInside, toFootprint } from '../../domain/mod.ts';
import type { Picture } from '../picture.ts';
import { type Background, createBackground, isDark, stepBackground, toChangedShare } from './background.ts';
import { Explanations } from './explanations.ts';
import { type Field, type StationaryZone, toField } from './field.ts';
import { createFirstLook } from './first-look.ts';
import { isWithin, judgeRegion, type Verdict } from './judge-region.ts';
import { isOfUse, restoreMemory, type StationaryMemory, toMemory } from './memory.ts';
import {
  createFlood,
  type Flood,
  findRegions,
  narrowReach,
  noteHolds,
  type Region,
  wideReach,
} from './regions.ts';
import {
  explainedSights,
  learnMs,
  learnSamples,
  longestSettleMs,
  maxNewAtOnce,
  maxStanding,
  minStandingShare,
  unsureSamples,
  upsetMs,
  upsetSamples,
  upsetShare,
} from './settings.ts';
import { createShrinker } from './shrink.ts';
import {
  claimCells,
  confirmStanding,
  lookForStanding,
  type Standing,
  toBox,
  toEdges,
  toScore,
  toStanding,
} from './standing.ts';
import { SteadyView } from './steady-view.ts';

export interface StationaryDetectorOptions {
  readonly zones: readonly StationaryZone[];
  /** What one before it knew; not used when it is of other zones, another size of pictures, or of no use any more. */
  readonly memory?: StationaryMemory | null;
  /** Told when the view has become another and is learned anew, with the reason in words. */
  readonly onRelearn?: (reason: string) => void;
  /** Told what each settled region was taken for; for tuning. */
  readonly onVerdict?: (verdict: Verdict, box: Box) => void;
}

export interface StationaryDetector {
  /**
   * Takes a sample and tells what came and stayed in the zones (class `object`). Samples come in order of capture; one that
   * is not newer than the last is not looked at. `explained`: what a model detects in it.
   */
  observe(picture: Picture, capturedAtMs: number, explained: readonly Detection[]): readonly Detection[];
  /** What it knows, to go on from after a restart; `null` while it learns or the view is in doubt. */
  readMemory(): StationaryMemory | null;
}

export function createStationaryDetector(options: StationaryDetectorOptions): StationaryDetector {
  return new Watch(options);
}

const lostShare = 0.25;
/** Regions are looked for so often within the settling time. */
const judgeShare = 1 / 9;
const partsAsked = [
  ['came', wideReach],
  ['came', narrowReach],
  ['hidden', narrowReach],
] as const;

class Watch implements StationaryDetector {
  readonly #options: StationaryDetectorOptions;
  readonly #shrink = createShrinker();
  #field: Field | null = null;
  #background: Background | null = null;
  readonly #firstLook = createFirstLook();
  #flood: Flood | null = null;
  #view: SteadyView | null = null;
  #standing: Standing[] = [];
  readonly #explanations = new Explanations();
  #width = 0;
  #height = 0;
  #lastMs: number | null = null;
  #learned = 0;
  #learningSinceMs = 0;
  #samples = 0;
  #judgedMs = Number.NEGATIVE_INFINITY;
  #upset: { sinceMs: number; samples: number } | null = null;

  constructor(options: StationaryDetectorOptions) {
    this.#options = options;
  }

  observe(full: Picture, capturedAtMs: number, explained: readonly Detection[]): readonly Detection[] {
    if (this.#lastMs !== null && capturedAtMs <= this.#lastMs) return [];
    const picture = this.#shrink(full);
    if (picture.pixelWidth !== this.#width || picture.pixelHeight !== this.#height)
      this.#layOut(picture, capturedAtMs);
    if (this.#lastMs !== null && capturedAtMs <= this.#lastMs) return []; // looked at before a restart
    const elapsedMs = this.#lastMs === null ? 0 : capturedAtMs - this.#lastMs;
    this.#lastMs = capturedAtMs;
    const [field, background, view] = [this.#field, this.#background, this.#view];
    if (field === null || background === null || view === null) return [];
    this.#explanations.note(explained, capturedAtMs, field, background.isCovered);
    const isFirst = this.#learned === 0;
    if (isFirst) view.learn(picture);
    const { dx, dy, found } = isFirst ? { dx: 0, dy: 0, found: 1 } : view.measure(picture);
    background.reader.read(picture, dx, dy);
    if (isDark(background)) return [];
    if (this.#isLearning(capturedAtMs)) {
      this.#learned++;
      this.#firstLook.note(background, capturedAtMs);
      return [];
    }
    this.#firstLook.finish(background);
    const changed = toChangedShare(background);
    if (changed > upsetShare || found < lostShare) {
      this.#countUpset(capturedAtMs, changed, found);
      return [];
    }
    this.#upset = null;
    const settled = stepBackground(background, {
      elapsedMs,
      sample: this.#samples++,
    });
    this.#follow(background, capturedAtMs);
    const sinceMs = capturedAtMs - this.#judgedMs;
    if (settled > 0 && sinceMs >= Math.min(...field.settleMs) * judgeShare) {
      this.#judge(background, capturedAtMs, Math.min(sinceMs, elapsedMs * 8));
      this.#judgedMs = capturedAtMs;
    }
    return this.#report(field);
  }

  readMemory(): StationaryMemory | null {
    const [background, view, atMs] = [this.#background, this.#view, this.#lastMs];
    if (background === null || view === null || atMs === null) return null;
    if (this.#upset !== null || this.#isLearning(atMs)) return null;
    return toMemory(background, view, this.#standing, atMs);
  }

  #layOut(picture: Picture, atMs: number): void {
    const isFirst = this.#width === 0;
    if (!isFirst)
      this.#options.onRelearn?.(`the picture is ${picture.pixelWidth}x${picture.pixelHeight} now`);
    this.#width = picture.pixelWidth;
    this.#height = picture.pixelHeight;
    this.#field = toField(this.#options.zones, picture.pixelWidth, picture.pixelHeight);
    this.#background = this.#field && createBackground(this.#field);
    this.#flood = this.#field && createFlood(this.#field.columns * this.#field.rows);
    this.#view = this.#field && new SteadyView(picture.pixelWidth, picture.pixelHeight);
    this.#standing = [];
    this.#startLearning(atMs);
    if (isFirst) this.#remember(atMs);
  }

  #remember(atMs: number): void {
    const { memory = null } = this.#options;
    if (memory === null || this.#background === null || this.#view === null) return;
    if (!isOfUse(memory, atMs)) return;
    const standing = restoreMemory(memory, this.#background, this.#view);
    if (standing === null) return;
    this.#standing = standing;
    this.#learned = learnSamples;
    this.#learningSinceMs = Number.NEGATIVE_INFINITY;
    this.#lastMs = memory.atMs;
  }

  #startLearning(atMs: number): void {
    this.#learned = 0;
    this.#learningSinceMs = atMs;
    this.#upset = null;
    this.#firstLook.forget();
    const background = this.#background;
    if (background === null) return;
    background.isKnown.fill(0);
    background.stay.fill(0);
    background.unrest.fill(0);
    background.known.fill(0);
    background.same.fill(0);
    background.hues.cover.fill(0);
    background.hues.slowGreen.fill(0);
  }

  #isLearning(atMs: number): boolean {
    return this.#learned < learnSamples || atMs - this.#learningSinceMs < learnMs;
  }

  #countUpset(atMs: number, changed: number, found: number): void {
    this.#upset ??= { sinceMs: atMs, samples: 0 };
    this.#upset.samples++;
    if (this.#upset.samples < upsetSamples || atMs - this.#upset.sinceMs < upsetMs) return;
    this.#options.onRelearn?.(
      found < lostShare
        ? `only ${Math.round(found * 100)} % of the view's marks are found again`
        : `${Math.round(changed * 100)} % of the zones changed at once`,
    );
    this.#standing = [];
    this.#background?.owner.fill(0);
    this.#startLearning(atMs);
  }

  /** Looks after what stands already, and lets go of what has gone. */
  #follow(background: Background, atMs: number): void {
    for (const standing of this.#standing) {
      lookForStanding(background, standing);
      standing.samples++;
      if (standing.inView < 0.3 || standing.share >= minStandingShare) {
        standing.missingSinceMs = null;
        standing.missingSamples = 0;
        continue;
      }
      standing.missingSinceMs ??= atMs;
      standing.missingSamples++;
    }
    const gone = this.#standing.filter(
      ({ missingSinceMs, missingSamples, hits, samples, sinceMs }) =>
        (missingSinceMs !== null && missingSamples >= 3 && atMs - missingSinceMs >= longestSettleMs / 4) ||
        // Judged a thing once and not again for as long as settling takes: people who met there and went on.
        (hits < 2 && samples >= unsureSamples && atMs - sinceMs > longestSettleMs),
    );
    for (const standing of gone) this.#release(standing);
  }

  #release(standing: Standing): void {
    const owner = this.#background?.owner;
    if (owner) for (let i = 0; i < owner.length; i++) if (owner[i] === standing.id) owner[i] = 0;
    this.#standing = this.#standing.filter((one) => one !== standing);
  }

  #judge(background: Background, atMs: number, elapsedMs: number): void {
    const flood = this.#flood as Flood;
    noteHolds(background, flood);
    const changed = findRegions(background, flood, 'any');
    if (changed.length === 0) return;
    const gone = findRegions(background, flood, 'went');
    const found: { region: Region; clarity: number }[] = [];
    const take = (region: Region): boolean => {
      const verdict = judgeRegion(background, region, gone);
      const { onVerdict } = this.#options;
      if (verdict.kind !== 'object' && onVerdict === undefined) return false;
      const edges = toEdges(background.field, region);
      const box = toBox(background.field, edges);
      onVerdict?.(verdict, box);
      if (verdict.kind !== 'object') return false;
      if (verdict.isFaint && this.#explanations.isWhereVehicleStood(box)) return false;
      const known = this.#standing.find((one) => isSamePlace(one, region));
      if (known) confirmStanding(known, edges, region, verdict.clarity, elapsedMs);
      else found.push({ region, clarity: verdict.clarity });
      return true;
    };
    const taken = changed.filter(take);
    // What is nothing as a whole may hold a thing beside something else that changed.
    if (taken.length < changed.length)
      for (const [kind, reach] of partsAsked)
        for (const region of findRegions(background, flood, kind, reach))
          if (!taken.some((one) => isWithin(region, one)) && take(region)) taken.push(region);
    if (found.length > maxNewAtOnce) return;
    for (const { region, clarity } of found) {
      const box = toBox(background.field, toEdges(background.field, region));
      if (this.#standing.length >= maxStanding || this.#explanations.countSights(box) > 0) continue;
      const standing = toStanding(this.#freeId(), toEdges(background.field, region), region, clarity, atMs);
      this.#standing.push(standing);
      claimCells(background, standing);
    }
  }

  #freeId(): number {
    let id = 1;
    while (this.#standing.some((one) => one.id === id)) id++;
    return id;
  }

  #report(field: Field): Detection[] {
    const detections: Detection[] = [];
    for (const standing of this.#standing) {
      if (standing.hits < 2 || standing.inView < 0.5 || standing.missingSinceMs !== null) continue;
      const box = toBox(field, standing);
      if (this.#explanations.countSights(box) >= explainedSights) continue;
      const foot = toFootprint(box);
      if (!field.zones.some(({ polygon }) => isInside(foot, polygon))) continue;
      detections.push({ class: 'object', score: toScore(standing), box });
    }
    return detections;
  }
}

function isSamePlace(standing: Standing, region: Region): boolean {
  const width = Math.min(standing.right, region.right) - Math.max(standing.left, region.left) + 1;
  const height = Math.min(standing.bottom, region.bottom) - Math.max(standing.top, region.top) + 1;
  if (width <= 0 || height <= 0) return false;
  const smaller = Math.min(
    (standing.right - standing.left) * (standing.bottom - standing.top),
    (region.right - region.left) * (region.bottom - region.top),
  );
  return width * height >= 0.5 * smaller;
}
