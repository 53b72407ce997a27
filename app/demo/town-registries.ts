import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Console } from '../../api/mod.ts';
import { townCameras, townDir } from './town-cameras.ts';

/** What the demo town knows of itself, in an order in which nothing refers to what comes later. */
const files = [
  'units.csv',
  'grids.geojson',
  'people.csv',
  'grid-collectors.csv',
  'duty.csv',
  'classes.csv',
  'standards.csv',
  'routing.csv',
  'work-hours.csv',
  'offence-items.csv',
  'camera-places.csv',
] as const;

/** Lays the town's registries in, beside what is there already: 35 grids, 66 units, posts, classes, standards, routing. */
export async function layInTown(
  console: Pick<Console, 'addToRegistry'>,
  cameras: readonly { readonly id: string }[],
): Promise<void> {
  // With cameras of one's own there is nobody to stand where the town's do.
  const hasTown = townCameras.every(({ id }) => cameras.some((camera) => camera.id === id));
  for (const name of files) {
    if (name === 'camera-places.csv' && !hasTown) continue;
    const text = await readFile(path.join(townDir, 'registries', name), 'utf8');
    await console.addToRegistry(path.parse(name).name, { name, text });
  }
}
