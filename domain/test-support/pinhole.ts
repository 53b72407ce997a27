import type { Point } from '../geometry.ts';

/** A camera above flat ground that looks along Y. */
export interface Pinhole {
  readonly heightM: number;
  /** Downwards from the horizontal, degrees. */
  readonly tiltDeg: number;
  /** Height of the picture over the focal length. */
  readonly fieldOfView: number;
  readonly rollDeg: number;
}

export const streetCamera: Pinhole = { heightM: 6, tiltDeg: 20, fieldOfView: 0.8, rollDeg: 0 };

/** Where the camera (at X 0, Y 0, picture 16:9) sees a point `upM` above the ground; `null` behind it. */
export function toPicture(camera: Pinhole, [x, y]: Point, upM = 0): Point | null {
  const tilt = (camera.tiltDeg * Math.PI) / 180;
  const roll = (camera.rollDeg * Math.PI) / 180;
  const below = camera.heightM - upM;
  const depth = y * Math.cos(tilt) + below * Math.sin(tilt);
  if (depth <= 0.1) return null;
  const [right, down] = [x / depth, (below * Math.cos(tilt) - y * Math.sin(tilt)) / depth];
  const turnedX = right * Math.cos(roll) - down * Math.sin(roll);
  const turnedY = right * Math.sin(roll) + down * Math.cos(roll);
  return [0.5 + turnedX / ((camera.fieldOfView * 16) / 9), 0.5 + turnedY / camera.fieldOfView];
}

export function toGroundEntries(
  camera: Pinhole,
  points: readonly Point[],
): { at: readonly number[]; metres: readonly number[] }[] {
  return points.map((metres) => {
    const at = toPicture(camera, metres);
    if (at === null) throw new Error(`${metres.join(', ')} lies behind the camera`);
    return { at, metres };
  });
}
