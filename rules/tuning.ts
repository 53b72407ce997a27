/**
 * The numbers behind "at rest", "same place" and "unseen". Lengths are relative to the thing's own box,
 * times are event time, so that they hold for any camera, distance and sampling rate.
 */

/** Detections below this are not looked at. */
export const minDetectionScore = 0.1;
/** Detections from here on are associated first; the others only continue tracks. */
export const highScore = 0.5;
/** Highest score that a detection needs to begin a track; a rule with a lower bar lowers it. */
export const maxBirthScore = 0.3;
/** Two boxes of one family that overlap more than this are one thing seen twice. */
export const duplicateIou = 0.7;
/** An `object` covered this much by something a model names with at least this score is that thing. */
export const namedCover = 0.6;
export const minNameScore = 0.25;

/** Error of a detected box's middle, in parts of the box's sides (one standard deviation). */
export const sightingError = 0.08;
/** Speed at which something new may move, and how much a speed may change in a second: sides a second (one standard deviation). */
export const firstSpeed = 3;
export const speedChange = 1;
/** Longest time over which a speed is believed. */
export const maxForecastMs = 2000;
/** Up to this error of the forecast (in parts of the sides) a thing is found by overlap; beyond it by nearness, at most this far off. */
export const maxSureError = 0.5;
export const maxReach = 4;

/** Box against anchor: still at rest while the overlap is at least this ... */
export const restIou = 0.6;
/** ... and both edges of an axis have not moved the same way by more than this part of the side. */
export const restShift = 0.2;
/** While the rest is not yet believed less is allowed, so that a braking car does not rest before it stands. */
export const arrivalShift = 0.12;
/** A spell of rest is believed after this many sightings over at least this long. */
export const confirmSightings = 3;
export const confirmMs = 1500;
/** A believed spell is broken by this many strays in a row over at least this long. */
export const breakStrays = 3;
export const breakMs = 1000;
/** The anchor is the mean of this long and this many at first, and then follows slow drift (light, mounting) with this lag. */
export const settleMs = 2000;
export const settleSightings = 6;
export const driftLagMs = 300_000;

/** Anchor covered by nearer boxes at least this much: hidden. */
export const hiddenCover = 0.4;
/** Longest time without knowledge (hidden, no samples) that a stay survives; where it must last for hours, half of what it must last. */
export const maxUnknownMs = 900_000;
export const maxUnknownShare = 0.5;
/** A stay may bridge no longer than it has lasted, but always at least this. */
export const minBridgeMs = 5000;
/** From this distance on (in parts of the box's sides) a track no longer is where it rested. */
export const leavingDistance = 0.5;
/** A place seen empty this often and this long after its thing was seen to leave is vacated, ... */
export const vacatedSamples = 3;
export const vacatedMs = 1500;
/** ... unless the thing was seen so unsteadily before that a run of misses as long is likelier than this. */
export const vacatedChance = 0.01;
/** No thing drives off and another takes its place in less time than this. */
export const exchangeMs = 3000;

/** Share of the visible samples, over all and of late, in which a thing must be seen to become a candidate. */
export const minSeenShare = 0.4;
export const recentSamples = 6;
export const minRecentSeen = 3;
/** A rule that bridges more than this bridges nights. */
export const longestDaytimeGapMs = 3_600_000;

/** Bounds of the state: what is unseen longest goes first, and is counted. */
export const maxTracks = 250;
export const maxPresencesPerRule = 100;
/** What a rule remembers of the last hour and of candidates lost from sight. */
export const maxRaisesRemembered = 1000;
export const maxEndedRemembered = 16;

/** A queue: at least this many other vehicles, ... */
export const queueOthers = 2;
/** ... each nearer to the next than this many sides of the larger box, ... */
export const queueGap = 1.5;
/** ... and whose sides are at least this part of one another: a car's and a bus's are. */
export const queueSizeRatio = 0.3;
/** ... each at rest since within this time of the first. */
export const queueWaveMs = 90_000;
/** In traffic nothing stands for longer than this. */
export const maxQueueMs = 1_800_000;
/** A vehicle of a queue that is out of sight for this long is taken to have gone on. */
export const queuePatienceMs = 10_000;

/** What is there within this long (and so many usual gaps) after the beginning or a hole may have been there before. */
export const arrivalMs = 10_000;
export const arrivalSamples = 5;

/** Whoever is near a thing for this long, seen in this share of the samples, stays with it: passing by takes three seconds. */
export const minAttendMs = 8000;
export const minAttendSeenShare = 0.5;
export const minAttendSightings = 5;
/** ... and may be out of sight for this long, or for three samples. */
export const attendantPatienceMs = 4000;
/** Part of a person's box by which somebody who stays moves at most within two seconds, most of the time; others walk. */
export const hardlyMoved = 0.35;
export const minPaceMs = 2000;
export const minStillShare = 0.6;
export const maxMovingMs = 5000;
/** Somebody must stay with it during this share of the time, ... */
export const minAttendedShare = 0.5;
/** ... and be away no longer than this at once. */
export const awayMs = 90_000;
/** In a stream of people the count may begin this long before the one who stays has come. */
export const maxEarlyMs = 15_000;
export const maxAttendants = 8;

/** Cycles no further apart than this many sides of the larger box stand in one group. */
export const groupGap = 1;

/** What drives off is first seen no farther from its place than this (in sides of the larger box), ... */
export const startOfLeaving = 2;
/** ... and its path leads through the middle of the place, this much apart at most. */
export const pathOffset = 0.25;
/** Two sights tell a direction when they lie this far apart. */
export const leastWay = 1;
/** How long after it was last seen something that came nearer may have arrived, beside a few usual gaps. */
export const approachMs = 1000;
/** A place that something else reaches into this far, at the same distance from the camera, is empty otherwise. */
export const partlyIou = 0.12;
