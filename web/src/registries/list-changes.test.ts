import { expect, test } from 'vitest';
import { listChanges } from './list-changes.ts';

test('names what differs, a field that came or went among it, and never the revision', () => {
  expect(
    listChanges(
      { id: 'a', name: '甲', parent: null, old: 'x', revision: '1' },
      { id: 'a', name: '乙', level: 'city', revision: '2' },
    ),
  ).toEqual(['name', 'old', 'level']);
  expect(listChanges({ id: 'a', revision: '1' }, { id: 'a', revision: '1' })).toEqual([]);
});
