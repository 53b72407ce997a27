import { expect, test } from 'vitest';
import type { CandidateDetail, CandidateSummary } from '../api/types.ts';
import { listTwins } from './list-twins.ts';

const make = (id: string, minute: number, given: Partial<CandidateSummary> = {}): CandidateSummary =>
  ({
    id,
    camera: { id: 'cam-01', name: 'cam-01' },
    offence: { code: 'sidewalk_parking', nameZh: '', nameEn: '' },
    zone: 'pavement',
    from: new Date(Date.UTC(2026, 2, 2, 2, minute)).toISOString(),
    ...given,
  }) as CandidateSummary;

const open = make('open', 30) as CandidateDetail;

test('those of one camera, offence and zone, the nearest first', () => {
  const queue = [
    open,
    make('far', 5),
    make('near', 33),
    make('other-camera', 30, { camera: { id: 'cam-02', name: '' } }),
    make('other-zone', 30, { zone: 'corner' }),
  ];
  expect(listTwins(open, queue).map(({ id }) => id)).toEqual(['near', 'far']);
});

test('no more than there are digits, and none without an open candidate', () => {
  const queue = Array.from({ length: 20 }, (_, index) => make(`c${index}`, index));
  expect(listTwins(open, queue)).toHaveLength(9);
  expect(listTwins(undefined, queue)).toEqual([]);
});
