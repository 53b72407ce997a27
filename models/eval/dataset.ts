/** Left, top, width, height in pixels of the picture. */
export type PixelBox = readonly [left: number, top: number, width: number, height: number];

/** One thing that people marked in a picture. */
export interface Truth {
  /** Index into the dataset's pictures. */
  readonly picture: number;
  /** Index into the dataset's categories. */
  readonly category: number;
  readonly box: PixelBox;
  /** Pixels that the thing covers: COCO's segment area, smaller than its box. It decides small, medium or large. */
  readonly area: number;
  /** The box holds many things marked as one: neither found nor missed, and what is found in it is no mistake. */
  readonly isCrowd: boolean;
}

/** One thing that a model reported. */
export interface Found {
  readonly picture: number;
  readonly category: number;
  readonly box: PixelBox;
  readonly score: number;
}

export interface EvalPicture {
  /** As the dataset writes it. */
  readonly name: string;
  /** Path of the file; it was there when the dataset was read. */
  readonly file: string;
  /** Size that the dataset declares; `null` when it says nothing. */
  readonly declared: { readonly width: number; readonly height: number } | null;
}

/** Pictures with everything of some categories marked in them. */
export interface Dataset {
  /** Where it was read from. */
  readonly source: string;
  readonly pictures: readonly EvalPicture[];
  /** Names, in the dataset's order. */
  readonly categories: readonly string[];
  readonly truths: readonly Truth[];
  /** What was left out or assumed, in sentences. */
  readonly notes: readonly string[];
}

/** What every reader of datasets takes. */
export interface ReadOptions {
  /** Only the first so many pictures; `null`: all. */
  readonly limit: number | null;
  /** Leave out pictures that are not there instead of refusing the dataset. */
  readonly allowMissing: boolean;
}
