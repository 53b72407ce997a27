import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DetectionBatch, objectClasses } from '../domain/mod.ts';
import { createRulesState, type RulesState, step } from './mod.ts';
import { setClock, spoilView } from './test-support/disturb.ts';
import { createScene, foldBatches, listOf } from './test-support/fold.ts';
import { createRandom } from './test-support/random.ts';
import { stayCases } from './test-support/stay-cases.ts';
import { epochMs, filmStreet, toBatch } from './test-support/street.ts';

const scene = createScene([{}, { id: 'strict', onsetMs: 2000, legalMs: 10_000, gapMs: 4000 }]);

function filmCase(caseIndex: number, seed: number, stepMs: number): DetectionBatch[] {
  const { actors, options } = stayCases[caseIndex % stayCases.length] as (typeof stayCases)[number];
  return filmStreet(actors, { seconds: 60, stepMs, seed, jitter: 0.04, dropOut: 0.3, ...options });
}

const plainLogs = fc
  .tuple(fc.nat(stayCases.length - 1), fc.nat(1000), fc.constantFrom(500, 1000, 2000))
  .map(([index, seed, stepMs]) => filmCase(index, seed, stepMs));

/** With a clock that may be set, and a view that may be bad for a while. */
const logs = fc
  .tuple(plainLogs, fc.nat(120), fc.constantFrom(0, 0, -3_600_000, -20_000, 8000, 3_600_000), fc.nat(120))
  .map(([batches, setAt, byMs, badS]) =>
    spoilView(setClock(batches, setAt, byMs), ['black', badS, badS + 8]),
  );

function toPlain(state: RulesState): RulesState {
  return JSON.parse(JSON.stringify(state)) as RulesState;
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}

describe('the fold', () => {
  test('goes on from a checkpoint as if nothing had happened', () => {
    fc.assert(
      fc.property(logs, fc.array(fc.nat(200), { maxLength: 4 }), (batches, cuts) => {
        const whole = foldBatches(batches, scene);
        let state = createRulesState();
        const events = [];
        for (const [index, batch] of batches.entries()) {
          const result = step(cuts.includes(index) ? toPlain(state) : state, scene, batch);
          state = result.state;
          events.push(...result.events);
        }
        expect(events).toEqual(whole.events);
        expect(state).toEqual(whole.state);
      }),
      { numRuns: 60 },
    );
  });

  test('leaves the given state and batch as they were', () => {
    let state = freeze(createRulesState());
    for (const batch of filmCase(6, 3, 500)) state = freeze(step(state, freeze(scene), freeze(batch)).state);
    expect(state.counters.batches).toBeGreaterThan(50);
  });

  test('makes no event out of batches that come again or late', () => {
    fc.assert(
      fc.property(logs, fc.array(fc.nat(200), { minLength: 1, maxLength: 10 }), (batches, again) => {
        const repeated = batches.flatMap((batch, index) =>
          again.includes(index) ? [batch, ...batches.slice(Math.max(0, index - 3), index + 1)] : [batch],
        );
        const { events, state } = foldBatches(repeated, scene);
        expect(events).toEqual(foldBatches(batches, scene).events);
        const { duplicateBatches, lateBatches } = state.counters;
        expect(duplicateBatches + lateBatches).toBe(repeated.length - batches.length);
      }),
      { numRuns: 30 },
    );
  });

  test('counts batches of another camera and broken clocks, and uses neither', () => {
    const [first, second] = filmCase(0, 1, 1000) as [DetectionBatch, DetectionBatch];
    const { state } = foldBatches(
      [first, { ...second, camera: 'other' }, { ...second, capturedAtMs: Number.NaN }, second],
      scene,
    );
    expect(state.counters).toMatchObject({ batches: 2, foreignBatches: 1, brokenBatches: 1 });
  });

  test('events of one candidate come in order, once each, and their shares add up', () => {
    fc.assert(
      fc.property(logs, (batches) => {
        const { events } = foldBatches(batches, scene);
        for (const id of new Set(events.map((event) => event.candidate.id))) {
          const own = events.filter((event) => event.candidate.id === id);
          expect(own.map((event) => event.type).join(' ')).toMatch(
            /^opened( suppressed)*( raised( updated)*)?( ended)?$/,
          );
        }
        for (const { candidate } of events) {
          const { seenMs, bridgedMs, unknownMs } = candidate.dwell;
          expect(seenMs + bridgedMs + unknownMs).toBe(candidate.dwellMs);
          expect(candidate.dwellMs).toBe(candidate.lastSeenMs - candidate.fromMs);
          expect(candidate.samplesSeen).toBeLessThanOrEqual(candidate.samplesTaken);
          expect(candidate.first.capturedAtMs).toBe(candidate.fromMs);
          expect(candidate.last.capturedAtMs).toBe(candidate.lastSeenMs);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('stays small in hours of noise', { timeout: 60_000 }, () => {
    const random = createRandom(5);
    let state = createRulesState();
    for (let second = 0; second < 10_000; second += 10) {
      const detections = Array.from({ length: 40 }, () => {
        const [x, y] = [random(), random()];
        const name = objectClasses[Math.floor(random() * objectClasses.length)] ?? 'car';
        return { class: name, score: random(), box: [x, y, x + 0.1 * random(), y + 0.1 * random()] as const };
      });
      state = step(state, scene, toBatch(second * 1000, detections)).state;
    }
    expect(JSON.stringify(state).length).toBeLessThan(250_000);
    expect(state.tracks.length).toBeLessThanOrEqual(250);
  });
});

describe('two rules on one zone', () => {
  test('each keeps its own times', () => {
    const { events } = foldBatches(
      filmStreet(stayCases[0]?.actors ?? [], { seconds: 60, stepMs: 1000 }),
      scene,
    );
    const times = events
      .filter((event) => event.type === 'opened' || event.type === 'raised')
      .map((event) => `${event.candidate.ruleId} ${event.type} ${(event.atMs - epochMs) / 1000}`);
    expect(times).toEqual(['strict opened 2', 'rule-0 opened 5', 'strict raised 10', 'rule-0 raised 30']);
  });
});

describe('a rule that goes away', () => {
  test('ends what it had opened', () => {
    const batches = filmStreet(stayCases[0]?.actors ?? [], { seconds: 60, stepMs: 1000 });
    const before = foldBatches(batches.slice(0, 50), scene);
    const after = foldBatches(batches.slice(50), createScene([{}]), toPlain(before.state));
    expect(listOf(after, 'ended').map((facts) => [facts.ruleId, facts.toMs])).toEqual([
      ['strict', epochMs + 49_000],
    ]);
    expect(after.state.presences.map((presence) => presence.ruleId)).toEqual(['rule-0']);
  });
});
