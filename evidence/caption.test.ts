import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CaptionFacts, listCaptionFields } from './caption.ts';
import { fieldGapEm, layOutCaption, toTextWidthEm } from './caption-layout.ts';
import { toDotPath } from './dot-glyphs.ts';
import type { FontSupport } from './fonts.ts';
import { formatLocalTime } from './local-time.ts';
import { makeCandidate } from './test-support/make-candidate.ts';

const candidate = makeCandidate();
const facts: CaptionFacts = {
  candidate,
  moment: { name: 'last', sighting: candidate.last },
  pictureNo: 3,
  pictureCount: 3,
  antiForgeryCode: '7K2M-9XQ4-R3TB',
  timeZone: 'Asia/Shanghai',
};
const toText = (support: FontSupport, changes: Partial<CaptionFacts> = {}) =>
  listCaptionFields({ ...facts, ...changes }, support)
    .map(({ label, value }) => `${label}: ${value}`)
    .join('\n');

describe('the facts in print', () => {
  test('in both languages where the machine can write both', () => {
    expect(toText('chinese', { caseNo: '3303812026030500001' }).split('\n')).toEqual([
      '问题 Offence: 人行道违停(机动车乱停放) Sidewalk parking',
      '图 Picture: 3/3',
      '相机 Camera: gate-07',
      '区域 Zone: near-kerb',
      '时间 Time: 2026-03-05 08:58:09.120 +08:00',
      '时钟误差 Clock error: max 500 ms',
      '停留 Dwell: 5 min 2 s (限时 limit 5 min)',
      `编号 Candidate: ${candidate.id}`,
      '案号 Case: 3303812026030500001',
      '防伪码 Anti-forgery code: 7K2M-9XQ4-R3TB',
    ]);
  });

  test.each(['latin', 'none'] as const)('in English where it cannot (%s), foreign names as ?', (support) => {
    const text = toText(support, { candidate: makeCandidate({ zone: '人行道 A', clockErrorMs: null }) });
    expect(text).toMatch(/^[\u0020-\u007e\n]+$/);
    expect(text).toContain('Zone: ??? A');
    expect(text).toContain('Clock error: unknown');
    expect(text).not.toContain('Case');
  });
});

test('any facts fit any picture, none is lost', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 120 }),
      fc.integer({ min: 160, max: 7680 }),
      fc.integer({ min: 120, max: 4320 }),
      fc.constantFrom<FontSupport>('chinese', 'latin', 'none'),
      (zone, width, height, support) => {
        const fields = listCaptionFields({ ...facts, candidate: makeCandidate({ zone }) }, support);
        const layout = layOutCaption(fields, { width, height }, support);
        const written = layout.lines.flat().map(({ value }) => value);
        expect(written.join('')).toBe(fields.map(({ value }) => value).join(''));
        expect(layout.fontSize).toBeGreaterThanOrEqual(13);
        const roomEm = Math.max(8, (width - 2 * layout.padding) / layout.fontSize);
        for (const line of layout.lines.filter((entries) => entries.length > 1)) {
          const texts = line.map(({ label, value }) => toTextWidthEm(`${label} ${value}`, support));
          const widthEm = texts.reduce((sum, text) => sum + text, (line.length - 1) * fieldGapEm);
          expect(widthEm).toBeLessThanOrEqual(roomEm + 1e-9);
        }
      },
    ),
  );
});

test.each<[number, number, FontSupport]>([
  [352, 288, 'chinese'],
  [352, 288, 'latin'],
  [720, 1280, 'chinese'],
  [720, 1280, 'none'],
])(
  '%i x %i, %s: no word and no code is broken, and the strip does not outgrow the picture',
  (width, height, support) => {
    const fields = listCaptionFields(facts, support);
    const layout = layOutCaption(fields, { width, height }, support);
    const written = layout.lines.flat().map(({ value }) => value);
    for (const word of fields.flatMap(({ value }) => value.split(' ')))
      expect(written.some((piece) => piece.includes(word))).toBe(true);
    expect(layout.stripHeight).toBeLessThan(height);
  },
);

test.each([
  ['2026-03-05T00:53:07.120Z', 'Asia/Shanghai', '2026-03-05 08:53:07.120 +08:00'],
  ['2026-03-05T16:00:00.000Z', 'Asia/Shanghai', '2026-03-06 00:00:00.000 +08:00'],
  ['2026-07-01T12:00:00.005Z', 'UTC', '2026-07-01 12:00:00.005 +00:00'],
  ['2026-07-01T12:00:00.005Z', 'Asia/Kathmandu', '2026-07-01 17:45:00.005 +05:45'],
  ['2026-01-01T03:00:00.000Z', 'America/New_York', '2025-12-31 22:00:00.000 -05:00'],
])('%s in %s is %s', (iso, timeZone, expected) => {
  expect(formatLocalTime(Date.parse(iso), timeZone)).toBe(expected);
});

test('a time zone that does not exist is named', () => {
  expect(() => formatLocalTime(0, 'Mars/Base')).toThrow('"Mars/Base" is no time zone');
});

test('every printable ASCII character has dots of its own, small letters those of the capitals', () => {
  const characters = Array.from({ length: 0x7e - 0x20 }, (_, index) => String.fromCharCode(0x21 + index));
  const capitals = characters.filter((character) => character === character.toUpperCase());
  expect(new Set(capitals.map((character) => toDotPath(character))).size).toBe(capitals.length);
  expect(toDotPath('a')).toBe(toDotPath('A'));
  expect(toDotPath('违')).toBe(toDotPath('?'));
  expect(toDotPath(' ')).toBe('');
});
