import type { ModelCard } from './model-card.ts';

/** Where a picture lies inside a model's input: whole input pixels. */
export interface Letterbox {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Fits a picture into the input with its proportions kept, enlarging small ones as the models' own programs do;
 * a model that wants it stretched gets it over the whole input.
 */
export function toLetterbox(input: ModelCard['input'], pixelWidth: number, pixelHeight: number): Letterbox {
  if (input.padding.align === 'stretch') return { left: 0, top: 0, width: input.width, height: input.height };
  const ratio = Math.min(input.width / pixelWidth, input.height / pixelHeight);
  const width = Math.min(input.width, Math.max(1, Math.round(pixelWidth * ratio)));
  const height = Math.min(input.height, Math.max(1, Math.round(pixelHeight * ratio)));
  if (input.padding.align === 'top-left') return { left: 0, top: 0, width, height };
  // An odd remainder puts the extra line right and bottom, as Ultralytics does.
  return {
    left: Math.floor((input.width - width) / 2),
    top: Math.floor((input.height - height) / 2),
    width,
    height,
  };
}
