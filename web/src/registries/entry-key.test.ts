import { expect, test } from 'vitest';
import type { Registry } from '../api/registries.ts';
import { findEntries, toEntryKey, toText } from './entry-key.ts';

const duty: Registry = {
  name: 'duty',
  keys: ['date', 'shift', 'person'],
  fields: [],
  mayEdit: true,
  takesGeoJson: false,
};

test('an address has its keys in the registry’s order', () => {
  expect(toEntryKey(duty, { person: 'p-1', date: '2026-12-01', shift: 'day', revision: 'x' })).toBe(
    '2026-12-01,day,p-1',
  );
});

test('nothing is an empty text, no and zero are not', () => {
  expect([null, undefined, false, 0].map(toText)).toEqual(['', '', 'false', '0']);
});

const entries = [
  { id: 'squad-1', name: '湖岭执法中队', kind: 'squad', revision: 'aaaa' },
  { id: 'bike-1', name: '单车公司', kind: 'company', revision: 'bbbb' },
];
const show = (name: string, value: unknown) => (name === 'kind' && value === 'company' ? '企业' : '');
const find = (search: string) => findEntries(entries, search, show).map(({ id }) => id);

test.each([
  ['', ['squad-1', 'bike-1']],
  ['湖岭', ['squad-1']],
  ['企业', ['bike-1']],
  ['  SQUAD  中队', ['squad-1']],
  ['squad 单车', []],
  ['aaaa', []],
])('%j finds %j', (search, found) => {
  expect(find(search)).toEqual(found);
});
