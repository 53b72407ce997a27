import { describe, expect, test } from 'vitest';
import { rejectReasons } from '../../../domain/mod.ts';
import { isTakenByFocus, type KeyPress, rejectKeys, reviewBindings, toCommand } from './key-map.ts';

const press = (key: string, code = '', held: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

describe('toCommand', () => {
  test.each([
    ['1', { kind: 'toggle_check', check: 'true' }],
    ['4', { kind: 'toggle_check', check: 'accurate' }],
    ['a', { kind: 'confirm' }],
    ['A', { kind: 'confirm' }],
    ['Enter', { kind: 'confirm' }],
    ['r', { kind: 'open_reject' }],
    ['5', { kind: 'toggle_driver_absent' }],
    ['u', { kind: 'undo' }],
    ['e', { kind: 'open_evidence' }],
    ['w', { kind: 'open_remind' }],
    ['x', { kind: 'toggle_mark' }],
    ['g', { kind: 'toggle_urgent' }],
    ['p', { kind: 'toggle_penalty' }],
    ['j', { kind: 'next' }],
    ['ArrowUp', { kind: 'previous' }],
    ['ArrowRight', { kind: 'next_picture' }],
    [' ', { kind: 'play' }],
    ['?', { kind: 'open_help' }],
    ['\uff1f', { kind: 'open_help' }],
  ])('in review, %s', (key, command) => {
    expect(toCommand(press(key), 'review')).toEqual(command);
  });

  test('in the menus of evidence and reminders, digits choose and the opening key closes', () => {
    expect(toCommand(press('1'), 'evidence')).toEqual({ kind: 'ask_evidence', wants: 'longer_dwell' });
    expect(toCommand(press('3'), 'remind')).toEqual({ kind: 'remind', channel: 'loudspeaker' });
    expect(toCommand(press('e'), 'evidence')).toEqual({ kind: 'cancel' });
    expect(toCommand(press('w'), 'remind')).toEqual({ kind: 'cancel' });
    expect(toCommand(press('a'), 'remind')).toBeNull();
  });

  test.each([
    ['1', 'not_offence'],
    ['9', 'duplicate'],
    ['p', 'privacy'],
    ['o', 'other'],
  ])('in reject, %s picks %s', (key, reason) => {
    expect(toCommand(press(key), 'reject')).toEqual({ kind: 'reject', reason });
  });

  test('an input method that hides the letter leaves its place on the board', () => {
    expect(toCommand(press('Process', 'KeyJ'), 'review')).toEqual({ kind: 'next' });
    expect(toCommand(press('Process', 'Digit2'), 'review')).toEqual({ kind: 'toggle_check', check: 'clear' });
    expect(toCommand(press('3', 'Numpad3'), 'review')).toEqual({ kind: 'toggle_check', check: 'complete' });
  });

  test('a letter where another layout puts it counts as the letter', () => {
    expect(toCommand(press('a', 'KeyQ'), 'review')).toEqual({ kind: 'confirm' });
  });

  test.each(['ctrlKey', 'metaKey', 'altKey'] as const)('nothing with %s', (held) => {
    expect(toCommand(press('a', 'KeyA', { [held]: true }), 'review')).toBeNull();
  });

  test('no key confirms while a reason is asked for or the help is open', () => {
    for (const key of ['a', 'Enter']) {
      expect(toCommand(press(key), 'reject')).toBeNull();
      expect(toCommand(press(key), 'help')).toBeNull();
    }
  });
});

test('every reject reason has a key of its own, and none is taken by the way back', () => {
  const keys = rejectReasons.map((reason) => rejectKeys[reason]);
  expect(new Set(keys).size).toBe(rejectReasons.length);
  expect(keys).not.toContain('R');
});

test('no key of the review means two things', () => {
  const keys = reviewBindings.flatMap((binding) => binding.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

describe('isTakenByFocus', () => {
  test.each([
    ['a', { tagName: 'TEXTAREA' }, true],
    ['a', { tagName: 'SELECT' }, true],
    ['a', { tagName: 'INPUT', type: 'text' }, true],
    ['a', { tagName: 'INPUT', type: 'radio' }, false],
    ['a', { tagName: 'DIV', isContentEditable: true }, true],
    ['a', { tagName: 'BUTTON' }, false],
    ['Enter', { tagName: 'BUTTON' }, true],
    [' ', { tagName: 'VIDEO' }, true],
    ['Enter', { tagName: 'BODY' }, false],
  ])('%s on %o: %s', (key, element, expected) => {
    expect(isTakenByFocus(press(key), element)).toBe(expected);
  });
});
