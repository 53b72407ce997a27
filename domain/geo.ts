/** A place on the map, degrees (WGS 84 or whatever datum all of a city's data share). */
export interface GeoPoint {
  readonly lon: number;
  readonly lat: number;
}

/** Corners of a polygon, [longitude, latitude]; closed or not. */
export type Ring = readonly (readonly [number, number])[];

const earthRadiusM = 6_371_008.8;
const toRadians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance in metres (haversine formula, mean Earth radius). */
export function toDistanceM(a: GeoPoint, b: GeoPoint): number {
  const halfLat = Math.sin(toRadians(b.lat - a.lat) / 2);
  const halfLon = Math.sin(toRadians(b.lon - a.lon) / 2);
  const chord = halfLat ** 2 + Math.cos(toRadians(a.lat)) * Math.cos(toRadians(b.lat)) * halfLon ** 2;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/**
 * Whether a point lies in a polygon (ray casting). Its western and southern edges belong to it and the others do not, so that a
 * point on the line between two grids that share it lies in exactly one of them.
 */
export function isInRing({ lon, lat }: GeoPoint, ring: Ring): boolean {
  let isWithin = false;
  for (const [index, [lonA, latA]] of ring.entries()) {
    const [lonB, latB] = ring[(index + 1) % ring.length] ?? [lonA, latA];
    if (latA > lat === latB > lat) continue;
    if (lon < lonA + ((lat - latA) / (latB - latA)) * (lonB - lonA)) isWithin = !isWithin;
  }
  return isWithin;
}
