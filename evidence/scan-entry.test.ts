import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CustodyEntry, type CustodyRecord, custodyActions } from '../domain/mod.ts';
import { hashCustody, toCustodyLine } from '../platform/mod.ts';
import { parseLogLine } from './check-log-line.ts';
import { scanEntry } from './scan-entry.ts';

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: digits, maxLength: digits });
// Well formed: half a surrogate pair has no form in UTF-8.
const text = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '/', '\u0000', '\b', '\n', '\u001f', '\u007f', '\u2028', '区', '🚲'),
    minLength: 1,
  }),
  fc.constantFrom('"hash":"', `","hash":"${'0'.repeat(64)}"`, 'null', '{}', '\\"hash":', '\\u001F'),
);
const record: fc.Arbitrary<CustodyRecord> = fc.record({
  v: fc.constant(1 as const),
  type: fc.constant('entry' as const),
  seq: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER })),
  at: fc
    .date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
    .map((at) => at.toISOString()),
  candidateId: text,
  manifestHash: hex(64),
  action: fc.constantFrom(...custodyActions),
  actor: text,
  unit: fc.option(text),
  content: fc.option(text),
  reason: text,
  from: text,
  prevHash: fc.option(hex(64)),
});
const toEntry = (of: CustodyRecord): CustodyEntry => ({ ...of, hash: hashCustody(of) });
const toLink = ({ seq, action, candidateId, manifestHash, prevHash, hash }: CustodyEntry) => ({
  seq,
  action,
  candidateId,
  manifestHash,
  prevHash,
  hash,
});

describe('reading an entry without parsing it', () => {
  test('sees in every good entry what parsing it sees', () => {
    let quick = 0;
    fc.assert(
      fc.property(record, (of) => {
        const entry = toEntry(of);
        const line = Buffer.from(toCustodyLine(entry));
        expect(parseLogLine(line)).toEqual({ line: entry, problem: null });
        const found = scanEntry(line);
        // Only numbers beyond any log are left to the parser.
        if (entry.seq < 1e15) expect(found).toEqual(toLink(entry));
        if (found !== null) quick++;
      }),
      { numRuns: 200 },
    );
    expect(quick).toBeGreaterThan(100);
  });

  test('takes no line that the parser refuses: one byte changed, put in, or left out', () => {
    fc.assert(
      fc.property(
        record,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        fc.constantFrom('change', 'insert', 'remove'),
        (of, place, byte, how) => {
          const line = Buffer.from(toCustodyLine(toEntry(of)));
          const at = place % line.length;
          const spoilt = Buffer.concat([
            line.subarray(0, at),
            how === 'remove' ? Buffer.alloc(0) : Buffer.of(byte),
            line.subarray(how === 'insert' ? at : at + 1),
          ]);
          if (spoilt.equals(line)) return;
          expect(scanEntry(spoilt)).toBeNull();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('takes no other spelling of a good entry, though its hash is of these very bytes', () => {
    const entry = toEntry({
      v: 1,
      type: 'entry',
      seq: 12,
      at: '2026-03-05T01:02:03.456Z',
      candidateId: 'ab',
      manifestHash: 'cd'.repeat(32),
      action: 'view',
      actor: 'wang',
      unit: null,
      content: null,
      reason: 'a/b\u001f区',
      from: '10.0.0.1',
      prevHash: null,
    });
    const line = toCustodyLine(entry);
    const spellings = [
      line.replace('a/b', 'a\\/b'),
      line.replace('\\u001f', '\\u001F'),
      line.replace('区', '\\u533a'),
      line.replace('"wang"', '"\\u0077ang"'),
      line.replace('"seq":12', '"seq":012'),
      line.replace('"seq":12', '"seq":12.0'),
      line.replace('"seq":12', '"seq":1.2e1'),
      line.replace('"v":1}', '"v":1} '),
      line.replace('"v":1}', '"v":1,"w":2}'),
      line.replace('"unit":null,', ''),
      line.replace('"reason":', '"reason": '),
      line.replace('"actor":"wang"', '"actor":""'),
      line.replace('view', 'gaze'),
      `${line}\r`,
      `\uFEFF${line}`,
    ];
    for (const spelling of spellings) {
      expect(spelling).not.toBe(line);
      const own = hashOfRest(spelling);
      const forged = spelling.replace(entry.hash, own);
      expect(scanEntry(Buffer.from(forged)), forged).toBeNull();
    }
    expect(scanEntry(Buffer.from(line))).toEqual(toLink(entry));
  });
});

/** As somebody would who takes the hash field out of the line by hand. */
function hashOfRest(line: string): string {
  return createHash('sha256')
    .update(line.replace(/"hash":"[0-9a-f]{64}",/, ''))
    .digest('hex');
}
