import type { ObjectClass } from '../domain/mod.ts';

/** Classes that a detector confuses with one another from frame to frame; tracks never change family. */
export type Family =
  | 'vehicle'
  | 'cycle'
  | 'person'
  | 'umbrella'
  | 'stall'
  | 'goods'
  | 'garbage'
  | 'bin'
  | 'object';

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
    case 'cart':
    case 'vendor_stall':
      return 'stall';
    case 'garbage_bin':
    case 'overflowing_bin':
      return 'bin';
    case 'person':
    case 'umbrella':
    case 'goods':
    case 'garbage':
    case 'object':
      return objectClass;
    default:
      return objectClass satisfies never;
  }
}
