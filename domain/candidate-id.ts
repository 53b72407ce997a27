import type { Box } from './geometry.ts';

/**
 * The id of a candidate: a 128-bit FNV-1a hash of camera, rule, start of the presence and where it stands, as 26 base-32 digits.
 * The place (to a hundredth of the picture) is part of it because two things may stand there from the same first frame.
 */
export function toCandidateId(camera: string, ruleId: string, fromMs: number, firstBox: Box): string {
  const place = firstBox.map((edge) => Math.round(edge * 100)).join(',');
  return toFnv128(`${camera}\n${ruleId}\n${fromMs}\n${place}`).toString(32).padStart(26, '0');
}

const fnvOffset = 0x6c62272e07bb014262b821756295c58dn;
const fnvPrime = 0x0000000001000000000000000000013bn;
const mask128 = (1n << 128n) - 1n;

function toFnv128(text: string): bigint {
  let hash = fnvOffset;
  for (const byte of new TextEncoder().encode(text)) hash = ((hash ^ BigInt(byte)) * fnvPrime) & mask128;
  return hash;
}
