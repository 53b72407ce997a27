import { expect, test } from 'vitest';
import { createSuspicion } from './suspicion.ts';

const times = { raiseMs: 10_000, raiseSamples: 3, clearMs: 4000 };

/** Marks: `+` speaks for it, `-` against, `.` neither; one each 2 s. Returns the state after each: `!` holds, `?` raised, `_` nothing. */
function run(marks: string, stepMs = 2000): string {
  const suspicion = createSuspicion(times);
  let states = '';
  for (let at = 0; at < marks.length; at++) {
    suspicion.note(marks[at] === '.' ? null : marks[at] === '+', at * stepMs);
    states += suspicion.holds ? '!' : suspicion.isRaised ? '?' : '_';
  }
  return states;
}

test.each([
  ['++++++', '?????!', 'it takes its time'],
  ['+++++-', '??????', 'a sample the other way delays'],
  ['+++++-+++', '????????!', 'but decides nothing'],
  ['++-++-++-++-++-++-', '??_??_??_??_??_??_', 'what comes and goes never holds'],
  ['++++++--', '?????!!_', 'it goes when nothing speaks for it any more'],
  ['++++++.....', '?????!!!!!!', 'silence changes nothing'],
  ['++++++-+-+-+', '?????!!!!!!!', 'a verdict survives single samples'],
])('%s gives %s: %s', (marks, states) => {
  expect(run(marks)).toBe(states);
});

test('a long gap counts as little as is known of it', () => {
  expect(run('+++', 3_600_000)).toBe('??!'); // two gaps of at most 5 s
  expect(run('++', 3_600_000)).toBe('??');
});

test('time that runs backwards neither raises nor clears', () => {
  const suspicion = createSuspicion(times);
  suspicion.note(true, 100_000);
  suspicion.note(true, 0);
  suspicion.note(true, -50_000);
  expect(suspicion.holds).toBe(false);
});
