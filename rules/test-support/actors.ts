import type { Box, ObjectClass } from '../../domain/mod.ts';
import type { Actor } from './street.ts';

export interface ActorOptions {
  readonly class?: ObjectClass;
  readonly score?: number;
  readonly labels?: readonly ObjectClass[];
}

export function toActor(at: Actor['at'], options: ActorOptions = {}): Actor {
  return { ...options, class: options.class ?? 'car', score: options.score ?? 0.8, at };
}

export function moveBox(box: Box, x: number, y: number): Box {
  return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
}

/** Stands at `box` from one second to another, without coming or going. */
export function stand(box: Box, fromS: number, toS: number, options?: ActorOptions): Actor {
  return toActor((s) => (s >= fromS && s <= toS ? box : null), options);
}

/** Comes from the left, stops at `box` from `fromS` to `toS`, and drives off to the right: both take `driveS` seconds. */
export function visit(box: Box, fromS: number, toS: number, driveS: number, options?: ActorOptions): Actor {
  const inFromLeft = -box[2];
  const outToRight = 1 - box[0];
  return toActor((s) => {
    if (s < fromS - driveS || s > toS + driveS) return null;
    if (s < fromS) return moveBox(box, inFromLeft * ((fromS - s) / driveS) ** 2, 0);
    if (s > toS) return moveBox(box, outToRight * ((s - toS) / driveS) ** 2, 0);
    return box;
  }, options);
}

/** Drives from one side to the other at an even speed (widths of the picture per second); `box` gives its size and lane. */
export function pass(box: Box, startS: number, speed: number, options?: ActorOptions): Actor {
  const width = box[2] - box[0];
  return toActor((s) => {
    const x = (s - startS) * speed - width;
    return s < startS || x > 1 ? null : [x, box[1], x + width, box[3]];
  }, options);
}

/**
 * Cars that come one behind the other from the left and stop bumper to bumper behind `head` from `fromS` on, each three seconds after
 * the one before; from `toS` on they go likewise.
 */
export function queue(head: Box, cars: number, fromS: number, toS: number): Actor[] {
  const length = 1.08 * (head[2] - head[0]);
  return Array.from({ length: cars }, (_, i) =>
    visit(moveBox(head, -length * i, 0), fromS + 3 * i, toS + 2 * i, 4),
  );
}
