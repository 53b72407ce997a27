/** IEEE 754 half floats as the runtime hands them over: their bits in a Uint16Array, because Node 20 has no Float16Array. */

const halfCount = 1 << 16;
let table: Float32Array | null = null;

/** Value of every half, by its bits: one look-up per number is the fastest way back. */
function toTable(): Float32Array {
  const values = new Float32Array(halfCount);
  for (let bits = 0; bits < halfCount; bits++) {
    const exponent = (bits >> 10) & 0x1f;
    const fraction = bits & 0x3ff;
    const size =
      exponent === 0
        ? fraction * 2 ** -24 // subnormal
        : exponent === 0x1f
          ? fraction === 0
            ? Number.POSITIVE_INFINITY
            : Number.NaN
          : (1 + fraction / 1024) * 2 ** (exponent - 15);
    values[bits] = bits & 0x8000 ? -size : size;
  }
  return values;
}

export function fromHalves(bits: Uint16Array): Float32Array {
  table ??= toTable();
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i] as number] as number;
  return values;
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Bits of the half nearest to a number (ties to even); what is too large becomes infinity. */
export function toHalf(value: number): number {
  single[0] = value;
  const bits = singleBits[0] as number;
  const sign = (bits >>> 16) & 0x8000;
  const size = bits & 0x7fff_ffff;
  if (size >= 0x4780_0000) return sign | (size > 0x7f80_0000 ? 0x7e00 : 0x7c00);
  if (size < 0x3880_0000) {
    // Below the smallest normal half: adding 0.5 lets the float unit shift and round the fraction into place.
    single[0] = Math.abs(value) + 0.5;
    return sign | ((singleBits[0] as number) - 0x3f00_0000);
  }
  const isOdd = (size >>> 13) & 1;
  return sign | ((size - 0x3800_0000 + 0xfff + isOdd) >>> 13);
}
