import type { ModelCard, Picture } from '../../detector/mod.ts';

/**
 * Shrinks or enlarges a picture into a model's input as the model's own program does, so that figures can be compared with
 * published ones. YOLO programs use OpenCV's plain bilinear resize: YOLOX (`preproc` in yolox/data/data_augment.py) cuts
 * the size off to whole pixels, Ultralytics (`LetterBox` in ultralytics/data/augment.py) rounds it. DETR programs stretch
 * with Pillow's bilinear resize, which is the detector's own: those pictures stay as they are.
 */
export function fitPicture(picture: Picture, input: ModelCard['input']): Picture {
  const { pixelWidth, pixelHeight } = picture;
  if (input.padding.align === 'stretch') return picture;
  const ratio = Math.min(input.width / pixelWidth, input.height / pixelHeight);
  const toWhole = input.padding.align === 'top-left' ? Math.floor : Math.round;
  const fit = (edge: number, limit: number): number =>
    Math.min(limit, Math.max(1, toWhole(edge * ratio + roundingSlack)));
  return resizeBilinear(picture, fit(pixelWidth, input.width), fit(pixelHeight, input.height));
}

/** 1080 * (416 / 1920) must be 234, not 233.99999. */
const roundingSlack = 1e-9;

/** Takes each pixel from its four neighbours in the source, as `cv2.resize` with `INTER_LINEAR`. */
export function resizeBilinear(source: Picture, width: number, height: number): Picture {
  if (source.pixelWidth === width && source.pixelHeight === height) return source;
  const across = toSamples(source.pixelWidth, width);
  const down = toSamples(source.pixelHeight, height);
  const pixels = new Uint8Array(width * height * 3);
  const from = source.pixels;
  let to = 0;
  for (const row of down) {
    const upper = row.first * source.pixelWidth;
    const lower = row.second * source.pixelWidth;
    for (const column of across)
      for (let channel = 0; channel < 3; channel++) {
        const at = (line: number, x: number): number => from[(line + x) * 3 + channel] as number;
        const above = mix(at(upper, column.first), at(upper, column.second), column.share);
        const below = mix(at(lower, column.first), at(lower, column.second), column.share);
        pixels[to++] = Math.round(mix(above, below, row.share));
      }
  }
  return { pixels, pixelWidth: width, pixelHeight: height };
}

interface Sample {
  readonly first: number;
  readonly second: number;
  /** Weight of the second, 0-1. */
  readonly share: number;
}

function toSamples(source: number, target: number): Sample[] {
  return Array.from({ length: target }, (_none, i) => {
    const at = Math.min(source - 1, Math.max(0, ((i + 0.5) * source) / target - 0.5));
    const first = Math.floor(at);
    return { first, second: Math.min(source - 1, first + 1), share: at - first };
  });
}

function mix(a: number, b: number, share: number): number {
  return a + (b - a) * share;
}
