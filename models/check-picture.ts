import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Picture } from '../detector/mod.ts';
import type { Box } from '../domain/mod.ts';
import { readPicture } from './read-picture.ts';

/** A picture to try a model on, and what is known to be in it. */
export interface CheckPicture {
  readonly picture: Picture;
  /** As in "self-check on ...". */
  readonly what: string;
  /** Cars that a model trained on cars should find. */
  readonly cars: readonly Box[];
}

/** The three cars of street.jpg, a frame of the rendered clip samples/town/harbour-road.mp4. */
const streetCars: readonly Box[] = [
  [0.374, 0.555, 0.591, 0.78],
  [0.262, 0.483, 0.446, 0.665],
  [0.543, 0.385, 0.663, 0.503],
];

/** The project's own picture of a street. @throws XunjieError when this installation lacks it. */
export async function readStreet(): Promise<CheckPicture> {
  return {
    picture: await readPicture(findStreetFile()),
    what: 'our picture of a street with three cars',
    cars: streetCars,
  };
}

/** The compiled program lies in `dist/models/`, the picture in `models/` of the installation. */
function findStreetFile(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  const isCompiled = path.basename(path.dirname(here)) === 'dist';
  return path.join(isCompiled ? path.resolve(here, '../../models') : here, 'street.jpg');
}

/** @throws XunjieError `file_not_found`, `bad_argument`. */
export async function readOwnPicture(file: string): Promise<CheckPicture> {
  const picture = await readPicture(file);
  return { picture, what: `${file} (${picture.pixelWidth}x${picture.pixelHeight})`, cars: [] };
}
