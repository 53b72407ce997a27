/** Values of `(stored - zero) * scale`. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

export interface Scale {
  readonly scale: number;
  readonly zero: number;
}

/** Scale of a tensor stored in 0-255; zero is always a stored value, as padding needs. */
export function toScale({ least, most }: Range): Scale {
  const low = Math.min(0, least);
  const high = Math.max(0, most);
  if (high - low < 1e-12) return { scale: 1, zero: 0 };
  const scale = Math.fround((high - low) / 255);
  return { scale, zero: Math.min(255, Math.max(0, Math.round(-low / scale))) };
}

export interface Int8Weights {
  readonly values: Int8Array;
  /** Per output channel, which is the first dimension. */
  readonly scales: Float32Array;
}

/** Most that a bias may count in steps of input scale times weight scale, well within int32. */
const maxBiasSteps = 2 ** 30;

/** Weights in -127 to 127, each output channel with a scale of its own, large enough for its bias to be stored. */
export function toInt8Weights(
  weights: Float32Array,
  channels: number,
  inputScale: number,
  bias: Float32Array | null,
): Int8Weights {
  const size = weights.length / channels;
  const scales = new Float32Array(channels);
  const values = new Int8Array(weights.length);
  for (let channel = 0; channel < channels; channel++) {
    const part = weights.subarray(channel * size, (channel + 1) * size);
    const largest = part.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const forBias = Math.abs(bias?.[channel] ?? 0) / (inputScale * maxBiasSteps);
    const scale = Math.fround(Math.max(largest / 127, forBias, 1e-12));
    scales[channel] = scale;
    for (let i = 0; i < size; i++)
      values[channel * size + i] = Math.min(127, Math.max(-127, Math.round((part[i] as number) / scale)));
  }
  return { values, scales };
}

/** Biases in steps of input scale times weight scale, and those steps. */
export function toInt32Bias(
  bias: Float32Array,
  inputScale: number,
  weightScales: Float32Array,
): { values: Int32Array; scales: Float32Array } {
  const scales = weightScales.map((scale) => Math.fround(scale * inputScale));
  return { values: Int32Array.from(bias, (value, i) => Math.round(value / (scales[i] as number))), scales };
}
