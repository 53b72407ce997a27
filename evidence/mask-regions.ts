import {
  type Box,
  type CandidateFacts,
  type Detection,
  type ObjectClass,
  type Sighting,
  toIou,
} from '../domain/mod.ts';

/** What of a picture is nobody's business but the persons' themselves; boxes 0-1. */
export interface MaskRegions {
  /** Heads of all people, whoever they are. */
  readonly heads: readonly Box[];
  /** Where plates of vehicles other than the one in question are or may be. */
  readonly plates: readonly Box[];
}

/** A vehicle that covers this much of the sighting's box (and it of the vehicle's) is the one in question. */
const subjectIou = 0.5;

/**
 * The regions to mask in the picture of one sighting, from what was detected in it. Generous, because a detector's box is not a face and
 * not a plate: of people the upper part, more of it where somebody sits, crouches or is cut off by the picture's edge; of vehicles the
 * lower half as wide as they are, since the plate of one seen at an angle is at its side; of two-wheelers also where a rider's head is
 * when the detector saw no rider.
 */
export function listMaskRegions(
  detections: readonly Detection[],
  candidate: Pick<CandidateFacts, 'class' | 'width' | 'height'>,
  sighting: Pick<Sighting, 'box'>,
): MaskRegions {
  const pixelShape =
    candidate.width > 0 && candidate.height > 0 ? candidate.height / candidate.width : 9 / 16;
  const isSubject = ({ class: name, box }: Detection): boolean =>
    vehicleKinds[name] !== null &&
    vehicleKinds[candidate.class] !== null &&
    toIou(box, sighting.box) >= subjectIou;
  const heads: Box[] = [];
  const plates: Box[] = [];
  for (const detection of detections) {
    if (detection.class === 'person') heads.push(toHead(detection.box, pixelShape));
    const kind = vehicleKinds[detection.class];
    if (kind === null || isSubject(detection)) continue;
    plates.push(toPart(detection.box, kind === 'four_wheels' ? 0.45 : 0.25, 1));
    if (kind === 'two_wheels') heads.push(toPart(detection.box, -0.45, 0.35));
  }
  return { heads, plates };
}

const vehicleKinds: Readonly<Record<ObjectClass, 'four_wheels' | 'two_wheels' | null>> = {
  person: null,
  bicycle: 'two_wheels',
  motorcycle: 'two_wheels',
  tricycle: 'two_wheels',
  car: 'four_wheels',
  bus: 'four_wheels',
  truck: 'four_wheels',
  umbrella: null,
  cart: null,
  vendor_stall: null,
  goods: null,
  garbage: null,
  garbage_bin: null,
  overflowing_bin: null,
  object: null,
};

/** Nearer than this to the picture's edge a box is taken for cut off by it. */
const edge = 0.01;

/** A head is an eighth of someone who stands; of someone seated, crouching or cut off the box holds less besides. */
function toHead(box: Box, pixelShape: number): Box {
  const [x1, y1, x2, y2] = box;
  const slenderness = ((y2 - y1) * pixelShape) / Math.max(x2 - x1, 1e-6);
  const isCut = y2 > 1 - edge;
  const share = isCut
    ? 0.5
    : slenderness >= 2
      ? 0.28
      : slenderness <= 1.2
        ? 0.5
        : 0.5 - (slenderness - 1.2) * 0.275;
  return toPart(box, -0.05, share);
}

/** The part of a box between two shares of its height, as wide as the box. */
function toPart([x1, y1, x2, y2]: Box, from: number, to: number): Box {
  const height = y2 - y1;
  return [x1, y1 + from * height, x2, y1 + to * height];
}
