import type { ClockSource } from '../domain/mod.ts';
import { createLeastWindow, type LeastWindow } from './least-window.ts';
import { createSlipWatch } from './slip-watch.ts';

export interface CaptureTime {
  /** Whole milliseconds since the epoch; later than that of each picture before. */
  readonly capturedAtMs: number;
  /** Declared bound of its error, milliseconds. */
  readonly clockErrorMs: number;
  readonly source: ClockSource;
}

/**
 * Tells when a live camera's pictures were captured, by this machine's clock. Two witnesses: when data arrived here, and what the
 * camera's own clock says (RTCP sender reports). A camera's clock is often wrong by minutes or years, so it is believed only where it
 * agrees with the arrival: not later than that, and not more than `mostTrustedMs` before it. Otherwise, and without reports, pictures
 * count as captured when their data can have arrived at the earliest (the least difference of arrival and stream time of the last
 * minutes). Where the stream's time falls behind the camera's clock, reports tell of it, and it is made good at once. docs/operations.md
 * says what that means.
 */
export interface CaptureClock {
  /** A new connection: its stream time has nothing to do with the one before. `burstMs`: the length of what comes at once. */
  restart(burstMs: number): void;
  /** Data of that stream time is here. */
  noteArrival(rawMs: number, arrivedAtMs: number): void;
  /** The least difference of arrival and stream time of the last minutes; `null` before the first arrival. */
  arrivalOffsetMs(): number | null;
  /** By the camera's clock it was so late at that stream time. */
  noteReport(rawMs: number, wallMs: number, arrivedAtMs: number): void;
  /** The camera's reports contradict each other. */
  noteErratic(arrivedAtMs: number): void;
  /** For pictures in order of time. After the first arrival only. */
  toCapture(rawMs: number): CaptureTime;
  /** What is wrong with the camera's clock, in words; empty while nothing is known to be. */
  complaint(): string;
}

/** Bound for the way from the camera's lens to this machine, on a network that works. */
const longestWayMs = 1000;
/** A camera's clock that says more than this before arrival is not believed. */
const mostTrustedMs = 5000;
/** A camera whose clock runs with ours may still say a little later than the arrival. */
const mostAheadMs = 250;
/** A clock that is off by less is not used either, but no matter for a person. */
const worthTellingMs = 2000;
/** So many reports in a row must agree to change what is believed. */
const reportsToTurn = 3;
/** Pairs that agree so well come of one report, which ffmpeg counts on from for as long as there is no other. */
const sameReportMs = 0.1;
/** Reports older than this say nothing any more. */
const reportLifeMs = 60_000;
const erraticLifeMs = 10_000;
/** Long enough for one arrival without delay, short enough that clocks which drift apart by 100 ppm lose 20 ms. */
const arrivalWindowMs = 180_000;
/** Pictures that come later than the earliest could, all of them for so long, come over a slow way or of a clock that runs slow. */
const behindWindowMs = 800;
/** Less than this is what networks do. */
const leastBehindMs = 250;
/** The clock is left alone while it is not further off than this: then the distance of two pictures is exactly what the stream says. */
const deadBandMs = 80;
/** A clock that is off further is brought back by this share of the time that passes. */
const slewShare = 0.05;

interface Report {
  readonly offsetMs: number;
  readonly arrivedAtMs: number;
}

export function createCaptureClock(): CaptureClock {
  let longestMs = longestWayMs;
  let arrivals: LeastWindow = createLeastWindow(arrivalWindowMs);
  /** Differences of arrival and stream time. */
  let recent: readonly { readonly offsetMs: number; readonly atMs: number }[] = [];
  let lastArrivalMs = Number.NEGATIVE_INFINITY;
  let report: Report | null = null;
  /** The last one that may be believed. */
  let good: Report | null = null;
  /** How far pictures were behind when it came. */
  let vouchedMs = 0;
  let newestReportMs: number | null = null;
  const slips = createSlipWatch();
  let isTrusted = false;
  let turning = 0;
  let aheadMs = 0;
  let erraticAtMs = Number.NEGATIVE_INFINITY;
  /** How much before arrival the trusted clock said last; kept for the first seconds of the next connection. */
  let wayMs = 0;
  let restartedAtMs: number | null = null;
  let lastRawMs: number | null = null;
  let offsetMs = 0;
  let isSlewing = false;
  let lastCapturedMs = Number.NEGATIVE_INFINITY;

  const isFresh = (): boolean => report !== null && lastArrivalMs - report.arrivedAtMs <= reportLifeMs;
  const isRemembered = (): boolean =>
    report === null && isTrusted && restartedAtMs !== null && lastArrivalMs - restartedAtMs <= reportLifeMs;

  const findTarget = (): { targetMs: number; errorMs: number; source: ClockSource } => {
    const arrivalMs = arrivals.least();
    if (arrivalMs === null) throw new Error('no arrival was noted yet');
    if (isTrusted && good !== null && isFresh()) {
      const early = Math.max(0, arrivalMs - good.offsetMs);
      wayMs = early;
      // Whichever of the two is right: the picture was captured between the longest way before its arrival and the arrival.
      return { targetMs: arrivalMs - early, errorMs: Math.max(early, longestMs - early), source: 'rtcp' };
    }
    if (isRemembered()) return { targetMs: arrivalMs - wayMs, errorMs: longestMs + wayMs, source: 'arrival' };
    return { targetMs: arrivalMs, errorMs: longestMs, source: 'arrival' };
  };

  const measureBehind = (): number => {
    // Where it is known to be the stream's time, the newest says most.
    const telling = slips.isSlipping() ? recent.slice(-1) : recent;
    return telling.length === 0
      ? 0
      : Math.min(...telling.map(({ offsetMs: at }) => at)) - (arrivals.least() ?? 0);
  };
  /**
   * By how much all of the last pictures came later than the earliest could. Some encoders count on as in daylight when the shutter slows
   * at night: then that is how much their time lags, unless a report that fits says of that delay that only the way is slow.
   */
  const findBehind = (): number => {
    const behindMs = measureBehind();
    const unknownMs = isTrusted && good !== null && good === report ? behindMs - vouchedMs : behindMs;
    return unknownMs > leastBehindMs ? unknownMs : 0;
  };

  const moveTo = (targetMs: number, rawMs: number): void => {
    if (lastRawMs === null) offsetMs = targetMs;
    const off = targetMs - offsetMs;
    isSlewing = isSlewing ? Math.abs(off) > 1 : Math.abs(off) > deadBandMs;
    if (isSlewing) {
      const most = slewShare * (rawMs - (lastRawMs ?? rawMs));
      offsetMs += Math.min(Math.max(off, -most), most);
    }
    lastRawMs = rawMs;
  };

  return {
    restart(burstMs) {
      longestMs = longestWayMs + burstMs;
      arrivals = createLeastWindow(arrivalWindowMs);
      recent = [];
      restartedAtMs = null;
      report = null;
      good = null;
      vouchedMs = 0;
      slips.restart();
      erraticAtMs = Number.NEGATIVE_INFINITY;
      lastRawMs = null;
      turning = 0;
    },
    noteArrival(rawMs, arrivedAtMs) {
      restartedAtMs ??= arrivedAtMs;
      lastArrivalMs = arrivedAtMs;
      arrivals.note(arrivedAtMs - rawMs, arrivedAtMs);
      const kept = recent.filter(({ atMs }) => arrivedAtMs - atMs < behindWindowMs);
      recent = [...kept, { offsetMs: arrivedAtMs - rawMs, atMs: arrivedAtMs }];
    },
    arrivalOffsetMs: () => arrivals.least(),
    noteReport(rawMs, wallMs, arrivedAtMs) {
      const reportedMs = wallMs - rawMs;
      const isNew = newestReportMs === null || Math.abs(reportedMs - newestReportMs) > sameReportMs;
      newestReportMs = reportedMs;
      const slippedMs = slips.note({ offsetMs: reportedMs, isNew, behindMs: measureBehind() });
      if (slippedMs === null) return;
      arrivals.raise(slippedMs);
      offsetMs += slippedMs;
      const arrivalMs = arrivals.least();
      if (arrivalMs === null) return;
      report = { offsetMs: reportedMs, arrivedAtMs };
      aheadMs = report.offsetMs - arrivalMs;
      const isPlausible = aheadMs <= mostAheadMs && aheadMs >= -mostTrustedMs;
      if (isPlausible) {
        good = report;
        if (isNew) vouchedMs = slippedMs > 0 ? 0 : measureBehind();
      }
      turning = isPlausible === isTrusted ? 0 : turning + 1;
      if (turning < reportsToTurn) return;
      isTrusted = isPlausible;
      turning = 0;
    },
    noteErratic(arrivedAtMs) {
      erraticAtMs = arrivedAtMs;
    },
    toCapture(rawMs) {
      const { targetMs, errorMs, source } = findTarget();
      moveTo(targetMs, rawMs);
      const capturedAtMs = Math.max(Math.round(rawMs + offsetMs), lastCapturedMs + 1);
      // What could not be given because an earlier picture has that time already is made good by and by.
      offsetMs = Math.max(offsetMs, capturedAtMs - rawMs - 0.5);
      lastCapturedMs = capturedAtMs;
      const off = Math.abs(capturedAtMs - (rawMs + targetMs));
      return { capturedAtMs, clockErrorMs: Math.ceil(errorMs + off + findBehind()), source };
    },
    complaint() {
      if (lastArrivalMs - erraticAtMs <= erraticLifeMs)
        return "the camera's clock contradicts itself and is not used";
      if (findBehind() >= worthTellingMs && !slips.isSlipping())
        return "pictures come later than their times say: the network is slow, or the camera's time slips";
      if (report === null || !isFresh() || isTrusted || turning > 0) return '';
      if (Math.abs(aheadMs) < worthTellingMs) return '';
      const way = aheadMs > 0 ? 'ahead of' : 'behind';
      return `the camera's clock is ${formatDuration(Math.abs(aheadMs))} ${way} this machine's and is not used`;
    },
  };
}

function formatDuration(ms: number): string {
  const units: [string, number][] = [
    ['days', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
  ];
  for (const [unit, length] of units) if (ms >= 2 * length) return `${Math.round(ms / length)} ${unit}`;
  return `${(ms / 1000).toFixed(1)} s`;
}
