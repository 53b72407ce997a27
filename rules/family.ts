import type { ObjectClass } from '../domain/mod.ts';

/**
 * Classes that a detector confuses with one another from frame to frame; tracks never change family. What lies or stands about is
 * one family: the same heap is goods in one sample, garbage in the next and an object that no model knows in the third. A bin that
 * overflows is not of one family with the bin: it counts from when it overflows, however long the bin has stood there.
 */
export type Family = 'vehicle' | 'cycle' | 'person' | 'bin' | 'overflow' | 'thing';

/** The family of a class: within it, association ignores the label and the majority vote names the thing. */
export function toFamily(objectClass: ObjectClass): Family {
  switch (objectClass) {
    case 'car':
    case 'bus':
    case 'truck':
      return 'vehicle';
    case 'bicycle':
    case 'motorcycle':
    case 'tricycle':
      return 'cycle';
    case 'person':
      return 'person';
    case 'garbage_bin':
      return 'bin';
    case 'overflowing_bin':
      return 'overflow';
    case 'cart':
    case 'vendor_stall':
    case 'umbrella':
    case 'goods':
    case 'garbage':
    case 'object':
      return 'thing';
    default:
      return objectClass satisfies never;
  }
}
