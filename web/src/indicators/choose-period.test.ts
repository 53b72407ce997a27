import { expect, test } from 'vitest';
import type { User } from '../api/types.ts';
import { listDimensions, readChosen, toQuestion } from './choose-period.ts';

const make = (roles: User['roles'], unit: User['unit'] = null): User => ({
  id: 'x',
  username: 'x',
  displayName: 'x',
  roles,
  unit,
  offDuty: [],
  duty: null,
});
const squad = { id: 'squad', name: '中队' };

test.each([
  [make(['commander']), 7, 'all'],
  [make(['auditor', 'officer'], squad), 7, 'all'],
  [make(['officer'], squad), 2, 'unit'],
  [make(['officer']), 1, 'person'],
  [make(['collector']), 1, 'person'],
])('%j sees %d dimensions, first %s', (user, count, first) => {
  expect(listDimensions(user)).toHaveLength(count);
  expect(readChosen(new URLSearchParams(), user)).toMatchObject({ period: 'month', by: first });
});

test('a dimension that is not for this post falls back to one that is', () => {
  expect(readChosen(new URLSearchParams('by=all&period=today'), make(['reviewer']))).toMatchObject({
    by: 'person',
    period: 'today',
  });
});

test('asks for nothing until the day is known, and for no period that is none', () => {
  const chosen = readChosen(new URLSearchParams('period=week&by=grid'), make(['clerk']));
  expect(toQuestion(chosen, undefined)).toBeNull();
  const now = '2026-12-01T08:53:20+08:00';
  const soon = '2026-12-01T08:54:00+08:00';
  expect(toQuestion(chosen, now)).toEqual({ from: '2026-11-30', to: soon, by: 'grid' });
  const ask = (query: string) =>
    toQuestion(readChosen(new URLSearchParams(`period=custom&${query}`), make(['clerk'])), now);
  expect(ask('first=2026-11-30&last=2026-11-01')).toBeNull();
  expect(ask('first=2026-11-01&last=2026-11-30')).toEqual({
    from: '2026-11-01',
    to: '2026-12-01',
    by: 'all',
  });
  expect(ask('first=2026-11-01&last=2026-12-31')).toMatchObject({ to: soon });
  expect(ask('first=2026-12-05&last=2026-12-31')).toMatchObject({ to: '2027-01-01' });
});
