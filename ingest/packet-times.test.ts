import { describe, expect, test } from 'vitest';
import { parsePacketTimes } from './packet-times.ts';

const head = '#extradata 0: 39, 0x00460ba8\n#software: Lavf59.27.100\n#tb 0: 1/90000\n#media_type 0: video\n';
const row = (dts: number | string, pts: number | string, length: number, rest = '') =>
  `0, ${dts}, ${pts}, ${length},   4123, 0x1e9d8980${rest}\n`;

describe('times of copied packets', () => {
  test('from the keyframe at the start to the end of the last picture shown, not of the last packet', () => {
    const text =
      head +
      row(900_000, 909_000, 9_000) +
      row(909_000, 945_000, 9_000, ', F=0x0') +
      row(918_000, 927_000, 9_000, ', F=0x0, S=1,        1') +
      row(927_000, 936_000, 9_000);
    expect(parsePacketTimes(text)).toEqual({ firstMs: 10_100, endMs: 10_600 });
  });

  test('pictures shown before the keyframe cannot be decoded and do not count as the first', () => {
    const text = head + row(0, 18_000, 9_000) + row(9_000, 0, 9_000) + row(18_000, 27_000, 9_000);
    expect(parsePacketTimes(text)).toEqual({ firstMs: 200, endMs: 400 });
  });

  test('a packet without a length is as long as the others on average', () => {
    const text = head + row(0, 0, 0) + row(90_000, 90_000, 0) + row(180_000, 180_000, 0);
    expect(parsePacketTimes(text)).toEqual({ firstMs: 0, endMs: 3_000 });
    expect(parsePacketTimes(head + row(90_000, 90_000, 0))).toEqual({ firstMs: 1_000, endMs: 1_000 });
  });

  test('a packet without a time of its own is shown when it is decoded', () => {
    const none = '-9223372036854775808';
    const text = head + row(90_000, none, 9_000) + row(99_000, none, 9_000);
    expect(parsePacketTimes(text)).toEqual({ firstMs: 1_000, endMs: 1_200 });
    expect(parsePacketTimes(head + row(none, none, 9_000))).toBeNull();
  });

  test.each(['', head, '#tb 0: 1/0\n0, 1, 1, 1, 1, 0x1', 'no such file'])('%j holds none', (text) => {
    expect(parsePacketTimes(text)).toBeNull();
  });
});
