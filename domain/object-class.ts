/** What a detector may report, after a model card has mapped its own labels to these. */
export const objectClasses = [
  'person',
  'bicycle',
  'motorcycle',
  'tricycle',
  'car',
  'bus',
  'truck',
  'umbrella',
  'cart',
  'vendor_stall',
  'goods',
  'garbage',
  'garbage_bin',
  'overflowing_bin',
  'object',
] as const;

export type ObjectClass = (typeof objectClasses)[number];

export function isObjectClass(value: string): value is ObjectClass {
  return (objectClasses as readonly string[]).includes(value);
}
