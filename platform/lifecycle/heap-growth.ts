import { setFlagsFromString } from 'node:v8';

/**
 * Lets the heap grow to four times of what lives before the whole of it is collected, for a program through which many pictures flow.
 * Their pieces lie outside the heap and die at once, but count as its growth: by the collector's own measure, a fifth, they had it look
 * through all that lives once a second. Measured with 30 live cameras (`bench:density`): 3 whole collections in 57 s instead of 35, less
 * than half the time, 20 MB more memory.
 */
export function letHeapGrow(): void {
  setFlagsFromString('--heap-growing-percent=300');
}
