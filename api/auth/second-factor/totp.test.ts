import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findTotpStep, makeTotpSecret, toTotpCode, toTotpStep, toTotpUri } from './totp.ts';

/** Of RFC 6238, appendix B: the ASCII secret 12345678901234567890, the last six of its eight digits. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
])('at %i s the code is %s', (seconds, code) => {
  expect(toTotpCode(secret, toTotpStep(seconds * 1000))).toBe(code);
});

test('a code is good for its own half minute and one to either side, and never again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 60_000_000 }), fc.integer({ min: -4, max: 4 }), (step, off) => {
      const made = makeTotpSecret();
      const code = toTotpCode(made, step + off);
      const nowMs = step * 30_000 + 12_345;
      const found = findTotpStep(made, code, nowMs, null);
      // Two steps may share a code; then it is one of those nearby.
      const near = [step - 1, step, step + 1].filter((one) => toTotpCode(made, one) === code);
      expect(found).toBe(near[0] ?? null);
      if (found !== null) expect(findTotpStep(made, code, nowMs, Math.max(...near))).toBeNull();
    }),
    { numRuns: 300 },
  );
});

test.each(['', '12345', '1234567', '28708 ', 'abcdef', '２８７０８２'])('"%s" is no code', (code) => {
  expect(findTotpStep(secret, code, 59_000, null)).toBeNull();
});

test('secrets are 160 random bits, and the address names the account', () => {
  const made = new Set(Array.from({ length: 50 }, makeTotpSecret));
  expect(made.size).toBe(50);
  for (const one of made) expect(one).toMatch(/^[A-Z2-7]{32}$/);
  expect(toTotpUri(secret, 'reviewer-01')).toBe(
    `otpauth://totp/Xunjie:reviewer-01?secret=${secret}&issuer=Xunjie&algorithm=SHA1&digits=6&period=30`,
  );
});
