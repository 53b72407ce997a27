import sharp from 'sharp';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import type { EvalPicture, PixelBox } from './dataset.ts';
import { openPicture } from './open-picture.ts';

/** How a box is drawn: what is marked, what was reported, and other marked things of those classes. */
export type Stroke = 'marked' | 'reported' | 'around';

export interface DrawnBox {
  readonly box: PixelBox;
  readonly stroke: Stroke;
}

/** The report's legend repeats these. */
export const strokeColours: Readonly<Record<Stroke, string>> = {
  marked: '#00c853',
  reported: '#ff3d00',
  around: '#40c4ff',
};

/** Twice the size at which the page shows it. */
const width = 560;
const height = 420;
const minCropPixels = 96;
/** How much of its surroundings a thing is shown with, in its own sizes. */
const surroundings = 1;

/**
 * Cuts a picture around its first boxes (those not `around`) and draws all of them on it. Returns JPEG bytes.
 * @throws XunjieError `bad_dataset` when the picture cannot be decoded.
 */
export async function drawMistake(picture: EvalPicture, boxes: readonly DrawnBox[]): Promise<Buffer> {
  const image = await openPicture(picture);
  try {
    const { data, info } = await image
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const crop = toCrop(boxes, info.width, info.height);
    const scale = Math.min(width / crop.width, height / crop.height);
    const drawnWidth = Math.max(1, Math.round(crop.width * scale));
    const drawnHeight = Math.max(1, Math.round(crop.height * scale));
    return await sharp(data, { raw: { width: info.width, height: info.height, channels: 3 } })
      .extract(crop)
      .resize(drawnWidth, drawnHeight, { fit: 'fill', kernel: 'cubic' })
      .composite([{ input: Buffer.from(toOverlay(boxes, crop, scale, drawnWidth, drawnHeight)) }])
      .jpeg({ quality: 82 })
      .toBuffer();
  } catch (error) {
    throw new XunjieError('bad_dataset', `${picture.name} cannot be drawn: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Around all boxes that matter, in the proportions of the report's pictures, inside the picture. */
export function toCrop(boxes: readonly DrawnBox[], pictureWidth: number, pictureHeight: number): Crop {
  const shown = boxes.filter(({ stroke }) => stroke !== 'around').map(({ box }) => box);
  const left = Math.min(...shown.map((box) => box[0]));
  const top = Math.min(...shown.map((box) => box[1]));
  const right = Math.max(...shown.map((box) => box[0] + box[2]));
  const bottom = Math.max(...shown.map((box) => box[1] + box[3]));
  const wide = Math.max(minCropPixels, (right - left) * (1 + surroundings));
  const high = Math.max(minCropPixels, (bottom - top) * (1 + surroundings));
  const cropWidth = Math.max(1, Math.min(pictureWidth, Math.round(Math.max(wide, (high * width) / height))));
  const cropHeight = Math.max(
    1,
    Math.min(pictureHeight, Math.round(Math.max(high, (wide * height) / width))),
  );
  const place = (middle: number, size: number, limit: number): number =>
    Math.round(Math.min(Math.max(0, middle - size / 2), limit - size));
  return {
    left: place((left + right) / 2, cropWidth, pictureWidth),
    top: place((top + bottom) / 2, cropHeight, pictureHeight),
    width: cropWidth,
    height: cropHeight,
  };
}

const lineWidths: Readonly<Record<Stroke, number>> = { marked: 4, reported: 4, around: 2 };

function toOverlay(
  boxes: readonly DrawnBox[],
  crop: Crop,
  scale: number,
  drawnWidth: number,
  drawnHeight: number,
): string {
  const rects = boxes.map(({ box, stroke }) => {
    const [x, y] = [(box[0] - crop.left) * scale, (box[1] - crop.top) * scale];
    const place = `x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${(box[2] * scale).toFixed(1)}" height="${(box[3] * scale).toFixed(1)}"`;
    const dash = stroke === 'marked' ? ' stroke-dasharray="14 7"' : '';
    // A dark line below keeps the colour legible on any ground.
    return `<rect ${place} fill="none" stroke="#000" stroke-opacity="0.55" stroke-width="${lineWidths[stroke] + 3}"/><rect ${place} fill="none" stroke="${strokeColours[stroke]}" stroke-width="${lineWidths[stroke]}"${dash}/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${drawnWidth}" height="${drawnHeight}">${rects.join('')}</svg>`;
}
