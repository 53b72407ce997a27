import { expect, test } from 'vitest';
import type { User } from '../api/types.ts';
import { listDimensions, readChosen, toQuestion } from './choose-period.ts';

const make = (roles: User['roles'], unit: User['unit'] = null): User => ({
  id: 'x',
  username: 'x',
  displayName: 'x',
  roles,
  unit,
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
  expect(toQuestion(chosen, '2026-12-01')).toEqual({ from: '2026-11-30', to: '2026-12-02', by: 'grid' });
  const custom = (query: string) =>
    readChosen(new URLSearchParams(`period=custom&${query}`), make(['clerk']));
  expect(toQuestion(custom('first=2026-11-30&last=2026-11-01'), '2026-12-01')).toBeNull();
  expect(toQuestion(custom('first=2026-11-01&last=2026-11-30'), undefined)).toEqual({
    from: '2026-11-01',
    to: '2026-12-01',
    by: 'all',
  });
});
