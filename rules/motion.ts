import type { Box } from '../domain/mod.ts';
import { firstSpeed, maxForecastMs, sightingError, speedChange } from './tuning.ts';

/** Nothing is known of where a thing has gone after this long; more would only lose the numbers' digits. */
const maxSeconds = 60;

/**
 * Where a thing's box is thought to be and how it moves: a Kalman filter of constant speed (white noise acceleration).
 * Both axes share one covariance, in parts of the box's sides, so that it holds for any distance from the camera and any
 * time between samples.
 */
export interface Motion {
  /** Middle and size, picture widths and heights. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Picture widths and heights per second. */
  readonly velocityX: number;
  readonly velocityY: number;
  readonly placeVariance: number;
  readonly covariance: number;
  readonly speedVariance: number;
}

export function startMotion(box: Box): Motion {
  return {
    x: (box[0] + box[2]) / 2,
    y: (box[1] + box[3]) / 2,
    width: box[2] - box[0],
    height: box[3] - box[1],
    velocityX: 0,
    velocityY: 0,
    placeVariance: sightingError ** 2,
    covariance: 0,
    speedVariance: firstSpeed ** 2,
  };
}

/** The box as of the last sighting, freed of most of the detector's jitter. */
export function toSmoothBox(motion: Motion): Box {
  return toBox(motion, motion.x, motion.y);
}

/** The box expected `elapsedMs` after the last sighting. */
export function forecastBox(motion: Motion, elapsedMs: number): Box {
  const seconds = Math.min(elapsedMs, maxForecastMs) / 1000;
  return toBox(motion, motion.x + motion.velocityX * seconds, motion.y + motion.velocityY * seconds);
}

function toBox(motion: Motion, x: number, y: number): Box {
  const width = motion.width / 2;
  const height = motion.height / 2;
  return [x - width, y - height, x + width, y + height];
}

/** How far off a sighting may lie from its forecast, in parts of the box's sides (one standard deviation). */
export function toForecastError(motion: Motion, elapsedMs: number): number {
  return Math.sqrt(toPlaceVariance(motion, elapsedMs / 1000) + sightingError ** 2);
}

function toPlaceVariance(motion: Motion, seconds: number): number {
  const change = speedChange * seconds;
  return (
    motion.placeVariance +
    seconds * (2 * motion.covariance + seconds * (motion.speedVariance + (change * change) / 4))
  );
}

/** The motion after a sighting at `box`, `elapsedMs` after the one before. */
export function followMotion(motion: Motion, box: Box, elapsedMs: number): Motion {
  const seconds = Math.min(elapsedMs / 1000, maxSeconds);
  const change = (speedChange * seconds) ** 2;
  const placeVariance = toPlaceVariance(motion, seconds);
  const covariance = motion.covariance + seconds * (motion.speedVariance + change / 2);
  const gain = placeVariance / (placeVariance + sightingError ** 2);
  const speedGain = covariance / (placeVariance + sightingError ** 2);
  const x = motion.x + motion.velocityX * seconds;
  const y = motion.y + motion.velocityY * seconds;
  const missX = (box[0] + box[2]) / 2 - x;
  const missY = (box[1] + box[3]) / 2 - y;
  return {
    x: x + gain * missX,
    y: y + gain * missY,
    width: motion.width + gain * (box[2] - box[0] - motion.width),
    height: motion.height + gain * (box[3] - box[1] - motion.height),
    velocityX: motion.velocityX + speedGain * missX,
    velocityY: motion.velocityY + speedGain * missY,
    placeVariance: gain * sightingError ** 2,
    covariance: (1 - gain) * covariance,
    speedVariance: motion.speedVariance + change - speedGain * covariance,
  };
}
