import { describe, expect, test } from 'vitest';
import type { CandidateSummary, Page } from '../api/types.ts';
import { emptyQueue, findNeighbour, mergeQueue, pullQueue } from './merge-queue.ts';

const nobody: ReadonlySet<string> = new Set();

const candidate = (id: string, version = 1): CandidateSummary => ({
  id,
  state: 'pending_review',
  version,
  camera: { id: 'cam-1', name: 'cam-1' },
  offence: { code: 'clutter', nameZh: '', nameEn: '' },
  zone: 'pavement',
  class: 'goods',
  from: '2026-03-01T11:42:10+08:00',
  to: null,
  raisedAt: '2026-03-01T11:47:10+08:00',
  dwellMs: 300_000,
  meanScore: 0.8,
  lease: null,
  thumbnailUrl: null,
  caseNo: null,
  stage: 1,
  queuedAt: null,
  escalatedAt: null,
  suppressed: null,
});

const page = (ids: string, nextCursor: string | null = null): Page<CandidateSummary> => ({
  items: ids.split('').map((id) => candidate(id)),
  total: ids.length,
  nextCursor,
});

const draw = (view: ReturnType<typeof mergeQueue>) =>
  view.items.map((item) => (item.gone ? `(${item.summary.id})` : item.summary.id)).join('');

describe('mergeQueue', () => {
  test('fills an empty view at once', () => {
    expect(draw(mergeQueue(emptyQueue, page('abc'), nobody))).toBe('abc');
  });

  test.each([
    ['a new one before all others waits', 'abc', 'xabc', 'abc', 'x'],
    ['a new one in the middle waits', 'abc', 'abxc', 'abc', 'x'],
    ['a new one at the end waits', 'abc', 'abcx', 'abc', 'x'],
    ['one that vanished stays in its place, marked', 'abc', 'ac', 'a(b)c', ''],
    ['another order on the server moves nothing', 'abc', 'cba', 'abc', ''],
  ])('%s', (_name, first, second, shown, waiting) => {
    const view = mergeQueue(mergeQueue(emptyQueue, page(first), nobody), page(second), nobody);
    expect(draw(view)).toBe(shown);
    expect(view.waiting.map((item) => item.id).join('')).toBe(waiting);
  });

  test('when all have vanished, what is new is drawn below them', () => {
    const vanished = mergeQueue(mergeQueue(emptyQueue, page('ab'), nobody), page(''), nobody);
    expect(draw(vanished)).toBe('(a)(b)');
    expect(draw(mergeQueue(vanished, page('xy'), nobody))).toBe('(a)(b)xy');
  });

  test('known candidates are brought up to date in place', () => {
    const view = mergeQueue(emptyQueue, page('ab'), nobody);
    const next = mergeQueue(view, { ...page('ab'), items: [candidate('a'), candidate('b', 7)] }, nobody);
    expect(next.items[1]?.summary.version).toBe(7);
  });

  test('the rest of a queue longer than a page moves up from below, what is new does not', () => {
    const view = mergeQueue(emptyQueue, page('abc', 'next'), nobody);
    const next = mergeQueue(view, page('xbcde'), new Set(['a']));
    expect(draw(next)).toBe('bcde');
    expect(next.waiting.map((item) => item.id)).toEqual(['x']);
  });

  test('one that is not on a page with more behind it may still be open', () => {
    const view = mergeQueue(emptyQueue, page('abc', 'next'), nobody);
    expect(draw(mergeQueue(view, page('xyab', 'next'), nobody))).toBe('abc');
  });

  test('what this reviewer has decided does not come back with a late answer', () => {
    const view = mergeQueue(emptyQueue, page('abc'), nobody);
    const next = mergeQueue(view, page('abc'), new Set(['b']));
    expect(draw(next)).toBe('ac');
    expect(next.waiting).toEqual([]);
  });
});

test('pullQueue draws the server order without what is gone', () => {
  const view = pullQueue(page('xac'), nobody);
  expect(draw(view)).toBe('xac');
  expect(view.waiting).toEqual([]);
});

describe('findNeighbour', () => {
  const view = mergeQueue(mergeQueue(emptyQueue, page('abcd'), nobody), page('abd'), nobody);
  test.each([
    ['a', 1, 'b'],
    ['b', 1, 'd'],
    ['d', -1, 'b'],
    ['d', 1, null],
    ['a', -1, null],
    [null, 1, 'a'],
    ['not there', -1, 'd'],
  ] as const)('from %s by %s: %s', (id, step, expected) => {
    expect(findNeighbour(view.items, id, step)).toBe(expected);
  });
});
