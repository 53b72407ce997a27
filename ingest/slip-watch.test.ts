import { describe, expect, test } from 'vitest';
import { createCaptureClock } from './capture-clock.ts';
import { createReportFilter } from './report-filter.ts';

const startMs = 1_800_000_000_000;
const pointMs = 500;
const reportEveryMs = 5000;

interface Scene {
  /** Stream time that passes in a second. */
  readonly paceAt: (second: number) => number;
  readonly wayMsAt?: (second: number) => number;
  /** The camera's clock less ours; `null`: it is not told. */
  readonly aheadMsAt?: (second: number) => number | null;
  readonly seconds: number;
}

interface Told {
  readonly second: number;
  readonly offMs: number;
  readonly errorMs: number;
  readonly source: string;
  /** How far the stream seems behind, and how far its names are behind this machine's clock. */
  readonly lagMs: number;
}

/** A point for each half second of the stream, as ffmpeg writes them: with the last report's time counted on, when the next one comes. */
function play({ paceAt, wayMsAt = () => 300, aheadMsAt = () => 0, seconds }: Scene): Told[] {
  const clock = createCaptureClock();
  clock.restart(0);
  const reports = createReportFilter((...pair) => clock.noteReport(...pair));
  const told: Told[] = [];
  let [rawMs, nextPointMs, nextReportMs] = [0, 0, 0];
  let pair: { rawMs: number; wallMs: number } | null = null;
  let written: { rawMs: number; wallMs: number } | null = null;
  for (let atMs = 0; atMs < seconds * 1000; atMs += 40) {
    const second = atMs / 1000;
    rawMs += 40 * paceAt(second);
    const aheadMs = aheadMsAt(second);
    if (atMs >= nextReportMs && aheadMs !== null) {
      nextReportMs = atMs + reportEveryMs;
      pair = { rawMs, wallMs: startMs + atMs + aheadMs };
    }
    if (rawMs < nextPointMs) continue;
    nextPointMs = rawMs + pointMs;
    const arrivedAtMs = startMs + atMs + wayMsAt(second);
    const lagMs = arrivedAtMs - rawMs - (clock.arrivalOffsetMs() ?? arrivedAtMs - rawMs);
    clock.noteArrival(rawMs, arrivedAtMs);
    if (written !== null) reports.note(written.rawMs, written.wallMs, arrivedAtMs);
    written = pair === null ? null : { rawMs, wallMs: pair.wallMs + rawMs - pair.rawMs };
    const { capturedAtMs, clockErrorMs, source } = clock.toCapture(rawMs);
    told.push({ second, offMs: capturedAtMs - startMs - atMs, errorMs: clockErrorMs, source, lagMs });
  }
  return told;
}

const findLies = (told: readonly Told[]): Told[] =>
  told.filter(({ offMs, errorMs }) => Math.abs(offMs) > errorMs);
const night = (second: number): number => (second > 60 ? 0.6 : 1);

describe('a shutter that slows for nine minutes while the camera counts on as by day', () => {
  test.each([
    ['right', 0, 'rtcp'],
    ['an hour fast', 3_600_000, 'arrival'],
    ['a minute slow', -60_000, 'arrival'],
  ])('is made good by the reports of a clock that is %s', (_name, aheadMs, source) => {
    const told = play({ paceAt: night, aheadMsAt: () => aheadMs, seconds: 600 });
    expect(findLies(told)).toEqual([]);
    const later = told.filter(({ second }) => second > 30);
    expect(later.every((at) => at.source === source)).toBe(true);
    // Never so far that the connection is given up, nor so uncertain.
    expect(Math.max(...later.map(({ lagMs }) => lagMs))).toBeLessThan(8000);
    expect(Math.max(...later.map(({ errorMs }) => errorMs))).toBeLessThan(8000);
  });

  test('is declared where nothing is reported', () => {
    const told = play({ paceAt: night, aheadMsAt: () => null, seconds: 85 });
    expect(findLies(told)).toEqual([]);
    expect(told.at(-1)?.errorMs).toBeGreaterThan(9000);
  });
});

test('pictures that come late by the network are no slip: their times stay what they were', () => {
  const wayMsAt = (second: number): number => (second < 60 ? 300 : Math.min(4500, 300 + (second - 60) * 100));
  const told = play({ paceAt: () => 1, wayMsAt, seconds: 200 });
  expect(findLies(told)).toEqual([]);
  expect(told.at(-1)?.offMs).toBeLessThanOrEqual(100);
  expect(told.at(-1)?.lagMs).toBeGreaterThan(4000);
});

test('nor is a clock that is set forward, once', () => {
  const aheadMsAt = (second: number): number => (second < 60 ? -400 : 0);
  const wayMsAt = (second: number): number => (second > 55 && second < 80 ? 700 : 100);
  const told = play({ paceAt: () => 1, aheadMsAt, wayMsAt, seconds: 120 });
  expect(findLies(told)).toEqual([]);
  expect(Math.max(...told.map(({ offMs }) => offMs))).toBeLessThanOrEqual(101);
});
