import type { Offence } from '../../domain/mod.ts';

/**
 * Rank in the review queue, 0 first: by how short the limit for disposal usually is.
 * What must be gone within urgent hours comes before what has a working day.
 */
const urgencies: Readonly<Record<Offence, number>> = {
  shop_overflow: 0,
  sidewalk_parking: 0,
  non_motor_parking: 0,
  exposed_garbage: 1,
  overflowing_bin: 1,
  clutter: 2,
  street_vending: 2,
  illegal_construction: 3,
};

export function toUrgency(offence: Offence): number {
  return urgencies[offence];
}
