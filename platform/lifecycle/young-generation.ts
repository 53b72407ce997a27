import { setFlagsFromString } from 'node:v8';

/**
 * Keeps the garbage collector's young generation from growing, for a program through which many pictures flow. Their pieces lie outside
 * the heap and die at once, but are freed only when the young generation is collected, which little else fills: left to grow to its usual
 * 16 MB it is so rarely, that the pieces pile up until the whole heap is collected instead. Measured with 30 live cameras: 4 whole
 * collections in 30 s instead of 16, a tenth less memory.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
