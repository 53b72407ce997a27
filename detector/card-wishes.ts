import type { ObjectClass } from '../domain/mod.ts';
import type { Head, ModelCard } from './model-card.ts';

/** What a person says of a model, in place of what would be guessed. */
export interface CardWishes {
  readonly head?: Head;
  /** Only for yolov8: whether a box is a column or a row of the output. */
  readonly layout?: 'columns' | 'rows';
  readonly colour?: ModelCard['input']['colour'];
  readonly scale?: ModelCard['input']['scale'];
  /** With scale mean-std; default ImageNet's. Red, green, blue as parts of 1. */
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  readonly padding?: ModelCard['input']['padding']['align'];
  /** Size of the input where the file leaves it open. */
  readonly size?: readonly [width: number, height: number];
  readonly labels?: readonly string[];
  /** Classes of labels, added to those whose meaning is plain; `null` takes a label out. */
  readonly classMap?: Readonly<Record<string, ObjectClass | null>>;
  /** Anchors of yolov5 maps that the file gives undecoded, a list of w, h pairs per stride. */
  readonly anchors?: readonly (readonly number[])[];
  readonly licence?: string;
}
