import { expect, test } from 'vitest';
import { RequestError } from '../api/client.ts';
import { toReadFile } from './choose-file.ts';
import { listProblems, toProblem } from './list-problems.ts';

const encode = (text: string): ArrayBuffer => new TextEncoder().encode(text).slice().buffer;
// 节日 in GB18030.
const gbk = new Uint8Array([0xbd, 0xda, 0xc8, 0xd5]).buffer;

test.each([
  ['units.csv', encode('id,name\nx,节日\n'), 'text/csv; charset=utf-8'],
  ['units.csv', gbk, 'text/csv; charset=gb18030'],
  ['grids.geojson', encode('{}'), 'application/geo+json'],
  ['GRIDS.JSON', encode('{}'), 'application/geo+json'],
])('%s is sent as %3$s', (name, bytes, type) => {
  expect(toReadFile(name, bytes).type).toBe(type);
});

test.each([
  [
    'line 3, kind: "circus" is not one of town, squad',
    { where: { unit: 'line', number: 3 }, field: 'kind', message: '"circus" is not one of town, squad' },
  ],
  [
    'line 5, date,shift,person: x stands in line 2 already',
    { where: { unit: 'line', number: 5 }, field: 'date,shift,person', message: 'x stands in line 2 already' },
  ],
  ['line 2: 1 cells, but 2 columns', { where: { unit: 'line', number: 2 }, field: null }],
  ['feature 1: a Point is no Polygon', { where: { unit: 'feature', number: 1 }, field: null }],
  ['the file is not JSON', { where: null, field: null, message: 'the file is not JSON' }],
])('%s', (line, expected) => {
  expect(toProblem(line)).toMatchObject(expected);
});

test('a refusal names its problems, and how many more there are', () => {
  const refusal = new RequestError(400, 'bad_request', 'nothing was imported', {
    problems: ['line 2, id: is missing'],
    count: 31,
  });
  expect(listProblems(refusal)).toMatchObject({ count: 31, problems: [{ field: 'id' }] });
  const whole = new RequestError(400, 'bad_request', 'the file is empty', {});
  expect(listProblems(whole)).toMatchObject({ count: 1, problems: [{ where: null }] });
  expect(listProblems(new RequestError(403, 'forbidden', 'no', {}))).toBeNull();
});
