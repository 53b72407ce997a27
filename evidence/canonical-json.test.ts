import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCanonicalBytes, toCanonicalBytes } from './canonical-json.ts';

const toText = (value: unknown) => new TextDecoder().decode(toCanonicalBytes(value));

test.each<[unknown, string]>([
  [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
  [
    { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
  ],
  [[1e21, 1e-6, 123456789.125, 4.5, 2e-3, 1e-27, -0], '[1e+21,0.000001,123456789.125,4.5,0.002,1e-27,0]'],
  ['\u20ac$\u000f\nA\'B"\\', '"€$\\u000f\\nA\'B\\"\\\\"'],
])('%j is written as RFC 8785 says', (value, expected) => {
  expect(toText(value)).toBe(expected);
});

test('any value comes back as it was, and no other spelling of it is accepted', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const bytes = toCanonicalBytes(value);
      const parsed = parseCanonicalBytes(bytes);
      expect(parsed.problem).toBeNull();
      expect(toCanonicalBytes('value' in parsed ? parsed.value : undefined)).toEqual(bytes);
      const spaced = new TextEncoder().encode(` ${new TextDecoder().decode(bytes)}`);
      expect(parseCanonicalBytes(spaced).problem).toContain('not canonical');
    }),
  );
});

test('numbers that JSON lacks are refused', () => {
  expect(() => toCanonicalBytes({ a: Number.NaN })).toThrow('NaN');
  expect(() => toCanonicalBytes(undefined)).toThrow('nothing to write');
});
