import { type ObjectClass, objectClasses } from '../domain/mod.ts';

/** What models call the things that Xunjie knows, beside the class names themselves. */
const synonyms: Readonly<Partial<Record<ObjectClass, readonly string[]>>> = {
  person: ['people', 'pedestrian', 'human'],
  bicycle: ['bike'],
  motorcycle: ['motorbike', 'motor', 'moped', 'scooter', 'ebike', 'e bike', 'electric bike'],
  tricycle: ['trike', 'three wheeler', 'awning tricycle', 'rickshaw'],
  car: ['van', 'minivan', 'suv', 'taxi', 'sedan'],
  bus: ['coach', 'minibus'],
  truck: ['lorry', 'pickup', 'container truck', 'fire engine'],
  umbrella: ['parasol'],
  cart: ['handcart', 'pushcart', 'trolley'],
  vendor_stall: ['stall', 'vendor', 'street vendor', 'street stall'],
  goods: ['merchandise'],
  garbage: ['trash', 'rubbish', 'litter', 'waste'],
  garbage_bin: ['bin', 'dustbin', 'trash can', 'garbage can', 'trash bin', 'waste bin'],
  overflowing_bin: ['full bin', 'overflow', 'garbage overflow'],
};

const classByWord: ReadonlyMap<string, ObjectClass> = new Map(
  objectClasses.flatMap((name) =>
    [name, ...(synonyms[name] ?? [])].map((word): [string, ObjectClass] => [toWord(word), name]),
  ),
);

/** Maps the labels whose meaning is plain to Xunjie classes; the others are left out. */
export function mapLabels(labels: readonly string[]): Record<string, ObjectClass> {
  const map: Record<string, ObjectClass> = {};
  for (const label of labels) {
    const name = classByWord.get(toWord(label));
    if (name !== undefined) map[label] = name;
  }
  return map;
}

function toWord(label: string): string {
  return label
    .toLowerCase()
    .replaceAll(/[-_\s]+/g, ' ')
    .trim();
}
