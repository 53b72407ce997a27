import type { Box } from '../domain/mod.ts';
import type { Family } from './family.ts';
import { followMotion, type Motion, startMotion } from './motion.ts';
import { isHidden, type RestFit, toRestFit } from './place.ts';
import type { Observation } from './suppress-duplicates.ts';
import {
  arrivalShift,
  breakMs,
  breakStrays,
  confirmMs,
  confirmSightings,
  driftLagMs,
  restShift,
  settleMs,
  settleSightings,
} from './tuning.ts';

/** A stretch of time in which a track stays where it is; a driving thing has a new one at every sighting. */
export interface Spell {
  readonly fromMs: number;
  /** Where it rests: mean of the first boxes, then slow drift. */
  readonly anchor: Box;
  readonly sightings: number;
  /** Samples in which it was not seen although nothing hid it. */
  readonly missed: number;
  readonly lastMs: number;
  /** Sightings in a row that lay elsewhere, and since when. */
  readonly strays: number;
  readonly straySinceMs: number;
}

/** One thing followed from frame to frame. Plain data: it lies in the checkpoint. */
export interface Track {
  readonly id: number;
  readonly family: Family;
  /** Last box seen. */
  readonly box: Box;
  readonly motion: Motion;
  readonly hits: number;
  readonly bornBox: Box;
  readonly lastSeenMs: number;
  /** Samples since it was last seen, those in which it was hidden not counted. */
  readonly misses: number;
  readonly spell: Spell;
  /** How the last sighting lay to the spell's anchor. */
  readonly fit: RestFit;
}

export function createTrack(id: number, observation: Observation, atMs: number): Track {
  return {
    id,
    family: observation.family,
    box: observation.box,
    motion: startMotion(observation.box),
    hits: 1,
    bornBox: observation.box,
    lastSeenMs: atMs,
    misses: 0,
    spell: startSpell(observation.box, atMs),
    fit: 'full',
  };
}

/** Whether the track is believed to be at rest (seen often and long enough in one place). */
export function isAtRest(track: Track): boolean {
  return isConfirmed(track.spell);
}

/** At rest, and last seen where it rests. */
export function isSteady(track: Track): boolean {
  return isAtRest(track) && track.spell.strays === 0;
}

export function isConfirmed(spell: Spell): boolean {
  return spell.sightings >= confirmSightings && spell.lastMs - spell.fromMs >= confirmMs;
}

/** `boxes` are all boxes of this sample: what may hide a part of the thing. */
export function moveTrack(track: Track, box: Box, atMs: number, boxes: readonly Box[]): Track {
  const maxShift = isAtRest(track) ? restShift : arrivalShift;
  const fit = toRestFit(box, track.spell.anchor, boxes, maxShift);
  const spell = fit === 'away' ? strayFrom(track.spell, box, atMs) : extendSpell(track.spell, box, atMs, fit);
  // named one by one: spreading a track for each sample costs more than all its arithmetic
  return {
    id: track.id,
    family: track.family,
    box,
    motion: followMotion(track.motion, box, atMs - track.lastSeenMs),
    hits: track.hits + 1,
    bornBox: track.bornBox,
    lastSeenMs: atMs,
    misses: 0,
    spell,
    fit: spell.fromMs === atMs ? 'full' : fit,
  };
}

/** A sample without it: `boxes` are those of the sample. While something hides it, its absence says nothing. */
export function missTrack(track: Track, boxes: readonly Box[]): Track {
  if (isHidden(track.spell.anchor, boxes)) return track;
  const { spell } = track;
  return {
    id: track.id,
    family: track.family,
    box: track.box,
    motion: track.motion,
    hits: track.hits,
    bornBox: track.bornBox,
    lastSeenMs: track.lastSeenMs,
    misses: track.misses + 1,
    spell: {
      fromMs: spell.fromMs,
      anchor: spell.anchor,
      sightings: spell.sightings,
      missed: spell.missed + 1,
      lastMs: spell.lastMs,
      strays: spell.strays,
      straySinceMs: spell.straySinceMs,
    },
    fit: track.fit,
  };
}

function startSpell(box: Box, atMs: number): Spell {
  return { fromMs: atMs, anchor: box, sightings: 1, missed: 0, lastMs: atMs, strays: 0, straySinceMs: atMs };
}

function strayFrom(spell: Spell, box: Box, atMs: number): Spell {
  const straySinceMs = spell.strays === 0 ? atMs : spell.straySinceMs;
  const strays = spell.strays + 1;
  const isBroken = !isConfirmed(spell) || (strays >= breakStrays && atMs - straySinceMs >= breakMs);
  return isBroken ? startSpell(box, atMs) : { ...spell, strays, straySinceMs };
}

function extendSpell(spell: Spell, box: Box, atMs: number, fit: RestFit): Spell {
  const sightings = spell.sightings + 1;
  // a box that is cut by something in front says nothing of where the thing stands
  const anchor = fit === 'full' ? blend(spell.anchor, box, toWeight(spell, atMs)) : spell.anchor;
  return {
    fromMs: spell.fromMs,
    anchor,
    sightings,
    missed: spell.missed,
    lastMs: atMs,
    strays: 0,
    straySinceMs: spell.straySinceMs,
  };
}

function toWeight(spell: Spell, atMs: number): number {
  const isSettling = atMs - spell.fromMs <= settleMs || spell.sightings < settleSightings;
  return isSettling ? 1 / (spell.sightings + 1) : Math.min(0.1, (atMs - spell.lastMs) / driftLagMs);
}

function blend(anchor: Box, box: Box, weight: number): Box {
  return [
    anchor[0] + weight * (box[0] - anchor[0]),
    anchor[1] + weight * (box[1] - anchor[1]),
    anchor[2] + weight * (box[2] - anchor[2]),
    anchor[3] + weight * (box[3] - anchor[3]),
  ];
}
