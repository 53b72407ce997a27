import type { ObjectClass } from '../../domain/mod.ts';

/**
 * The numbers behind "came and stayed". Gradients are differences of the logarithm of brightness between the two neighbours
 * of a cell, so 0.1 is an edge of about 10 % contrast under any light. Times are capture time.
 */

/** Cells a camera's zones may have together: what keeps a sample below a millisecond and the state below 50 kB. */
export const maxCells = 14_400;
/** Cells around a zone that are looked at too, so that a thing at its edge is seen whole. */
export const marginCells = 4;
/** A thing stands on the zone but rises above it: so much of the picture's height above the zone is looked at too. */
export const headroomShare = 0.12;
/** Added to brightness (0-255) before its logarithm is taken: below it there is mostly noise. */
export const darkLevel = 16;
/** A sample whose zones are darker than this (0-255) says nothing: what is known is kept as it was until there is light again. */
export const darkestLevel = 6;

/** An edge must change by this much, ... */
export const baseChange = 0.07;
/** ... by this part of the edges that are there already (a camera that shakes moves them, haze and glare weaken them), ... */
export const edgeShare = 0.35;
/** ... and by this many times the cell's usual unrest (rain, leaves, coding noise). */
export const unrestFactor = 2;
/** What one sample can add to a cell's unrest, so that passers-by do not count as unrest. */
export const maxUnrest = 0.15;
export const unrestLagMs = 60_000;
/** The new edge must be stronger than the old one by this factor (squared): something came rather than went. */
export const cameRatio = 1.5;

/** Longest time between seeing something and believing that it stays; half the onset when that is shorter. */
export const longestSettleMs = 20_000;
export const shortestSettleMs = 2000;
/** No sample counts for more than this part of the settling time: a stay is never believed on fewer samples than its inverse. */
export const maxSampleShare = 0.34;

/** The background follows what does not count as change with this lag ... */
export const backgroundLagMs = 400_000;
/** ... no faster than as if it differed by this much, or it would take on something of the edges of what stands beside ... */
export const maxFollow = 0.02;
/** ... and what stayed but is no object (a shadow's edge, a place left empty) with this one. */
export const absorbLagMs = 60_000;
/** First samples, from which the background is made. */
export const learnSamples = 5;
export const learnMs = 6000;

/** A sample that changes more than this part of the field is not looked at ... */
export const upsetShare = 0.5;
/** ... and when as many samples over as long do, the view is another one and is learned anew. */
export const upsetSamples = 3;
export const upsetMs = 6000;

/** A region's edges are as much stronger (squared) now than they were, or were than they are: it is clear which came first. */
export const clearRatio = 2;

/**
 * A thing differs from the ground around it by so much more now than then (by twice that when it has no outline); what went, sunlight
 * between shadows and a fading sign do not. Where the ground's pattern is hidden behind edges as clear as this, it need not.
 */
export const leastStranger = 0.1;
export const clearlyHidden = 2;

/** Smallest thing that hides the ground's pattern or has a hue of its own, cells ... */
export const fewestCells = 8;
export const shortestSide = 5;
/** ... and smallest that is known by its outline alone. */
export const minRegionCells = 14;
export const minRegionSide = 8;
/** Largest thing, as part of its zone's bounding box. */
export const maxZoneShare = 0.5;
/** A smaller one must at least fill its box to this part. */
export const compactShare = 0.6;
/** ... and differ from the ground around it by so much (0.15: as much in brightness). */
export const strangeNow = 0.15;
/** Part of its box that a thing fills, between its outermost edges; lines and corners fill little. */
export const minHullShare = 0.5;
/** Part of a region's box in which the ground is hidden: from there on something lies on it. */
export const fewestCovered = 0.35;
/** The same where the ground is known to be hidden. */
export const minCoveredHullShare = 0.4;
/** The ground's pattern is hidden where less than this part of it is left. */
export const hiddenSlope = 0.35;
/** Change of the logarithms of red and blue over green that light on the ground does not make, ... */
export const coverHue = 0.07;
/** ... and along the line from the sky's blue to a lamp's yellow, where it may. */
export const lightHue = 0.22;
/** The ground's own pattern, seen through a region with this strength or more: light or shadow lies on it. */
export const seenThrough = 0.3;
/** ... and with this strength whatever its hue has become: a coloured light. */
export const seenWhole = 0.6;
/** Cells of changed edges in a thing's box, as part of its width and height together. */
export const fewestEdges = 0.4;
/** More new things than this at once are light on the ground, or rain: none is reported. */
export const maxNewAtOnce = 6;
/** Things that are followed at once. */
export const maxStanding = 24;

/** What was judged a thing only once is given up after the longest settling time and as many samples. */
export const unsureSamples = 8;
/** Part of a thing's edges that must be found again: below it, for half the settling time, it has gone. */
export const minStandingShare = 0.35;
/** Part of a thing's box that model detections must cover to explain it. */
export const explainedShare = 0.6;
/** People and vehicles explain at whatever score: a model that barely makes them out still takes little else for them. */
export const explainedAlways: ReadonlySet<ObjectClass> = new Set(['person', 'car', 'bus', 'truck']);
/**
 * Least score with which any other name explains. Detectors pass on boxes down to 0.1 for the tracker's sake, and call a cart, boxes or
 * bags weakly a bin or a two-wheeler: such a guess must not hide the thing.
 */
export const explainedScore = 0.5;
/** A thing that is reported already is given up to the model when it sees it so many times within its memory, not at one guess. */
export const explainedSights = 3;
/** How long a model's sight of a thing is remembered as its explanation. */
export const explainedMemoryMs = 30_000;

/** A vehicle that stood for so long may leave a spot on the ground, which is not looked at as a thing for so long afterwards. */
export const parkedMs = 60_000;
export const parkedMemoryMs = 600_000;
/** A spot differs less from the ground than this (logarithm of brightness). */
export const faintChange = 0.25;
