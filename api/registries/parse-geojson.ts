import { XunjieError } from '../../domain/mod.ts';
import type { CsvRecord } from './parse-csv.ts';
import { formatRing } from './special-fields.ts';

/**
 * Reads the polygons of a GeoJSON FeatureCollection (RFC 7946) as records: properties by name, the outer ring as `ring`.
 * A feature's `id` stands in for a missing property `id`. Holes and multi-polygons are refused: a grid is one piece.
 */
export function parseGeoJson(text: string): readonly CsvRecord[] {
  const collection = readObject(parseJson(text), 'the file');
  const features = collection['features'];
  if (collection['type'] !== 'FeatureCollection' || !Array.isArray(features))
    throw new XunjieError('bad_request', 'the file is no GeoJSON FeatureCollection');
  return features.map((given: unknown, index) => {
    const where = `feature ${index + 1}`;
    const feature = readObject(given, where);
    const geometry = readObject(feature['geometry'], `${where}: geometry`);
    const cells = new Map<string, string>([['ring', readPolygon(geometry, where)]]);
    if (typeof feature['id'] === 'string' || typeof feature['id'] === 'number')
      cells.set('id', String(feature['id']));
    for (const [name, value] of Object.entries(
      readObject(feature['properties'] ?? {}, `${where}: properties`),
    ))
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        cells.set(name, String(value));
    return { line: index + 1, cells };
  });
}

function readPolygon(geometry: Readonly<Record<string, unknown>>, where: string): string {
  const { type, coordinates } = geometry;
  if (type !== 'Polygon') throw refuse(where, `a ${String(type)} is no Polygon`);
  if (!Array.isArray(coordinates) || coordinates.length !== 1)
    throw refuse(where, 'a polygon of one ring is needed, without holes');
  const [outer] = coordinates as unknown[];
  if (!Array.isArray(outer)) throw refuse(where, 'its ring is no list of positions');
  return formatRing(
    outer.map((position: unknown): readonly [number, number] => {
      if (!Array.isArray(position) || typeof position[0] !== 'number' || typeof position[1] !== 'number')
        throw refuse(where, `${JSON.stringify(position)} is no position`);
      return [position[0], position[1]];
    }),
  );
}

function readObject(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(where, 'no object');
  return value as Readonly<Record<string, unknown>>;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new XunjieError('bad_request', 'the file is not JSON', { cause: error });
  }
}

function refuse(where: string, why: string): XunjieError {
  return new XunjieError('bad_request', `${where}: ${why}`);
}
