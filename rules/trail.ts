import type { Sighting } from '../domain/mod.ts';

/** Sightings of a stay, evenly thinned: bounded, whatever its length. */
export interface Trail {
  readonly stepMs: number;
  readonly sightings: readonly Sighting[];
}

const maxSightings = 16;

export function startTrail(first: Sighting): Trail {
  return { stepMs: 0, sightings: [first] };
}

/** Adds a sighting unless the last kept one is too near; when full, keeps every other one and doubles the spacing. */
export function extendTrail(trail: Trail, sighting: Sighting): Trail {
  const last = trail.sightings.at(-1);
  if (last !== undefined && sighting.capturedAtMs - last.capturedAtMs < trail.stepMs) return trail;
  const sightings = [...trail.sightings, sighting];
  if (sightings.length < maxSightings) return { stepMs: trail.stepMs, sightings };
  const spanMs = sighting.capturedAtMs - (sightings[0] as Sighting).capturedAtMs;
  return {
    stepMs: Math.max(2 * trail.stepMs, (2 * spanMs) / maxSightings),
    sightings: sightings.filter((_, index) => index % 2 === 0),
  };
}

/** Two stretches of one stay, one after the other. */
export function joinTrails(earlier: Trail, later: Trail): Trail {
  return later.sightings.reduce(extendTrail, earlier);
}

/** The kept sighting nearest the middle between `fromMs` and `toMs`. */
export function findMiddle(trail: Trail, fromMs: number, toMs: number): Sighting {
  const middleMs = (fromMs + toMs) / 2;
  let best = trail.sightings[0] as Sighting;
  for (const sighting of trail.sightings)
    if (Math.abs(sighting.capturedAtMs - middleMs) < Math.abs(best.capturedAtMs - middleMs)) best = sighting;
  return best;
}
