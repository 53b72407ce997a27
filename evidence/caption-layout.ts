import type { CaptionField } from './caption.ts';
import { dotAdvance } from './dot-glyphs.ts';
import type { FontSupport } from './fonts.ts';

/** Where the strip's text goes; lengths in pixels. */
export interface CaptionLayout {
  readonly lines: readonly (readonly CaptionField[])[];
  readonly fontSize: number;
  readonly lineHeight: number;
  readonly padding: number;
  readonly stripHeight: number;
}

const referenceSide = 1080;
const fontAtReference = 25;
const smallestFont = 13;

/** Breaks the fields into lines that fit the picture's width; the letters scale with its shorter side and never get illegible. */
export function layOutCaption(
  fields: readonly CaptionField[],
  picture: { readonly width: number; readonly height: number },
  support: FontSupport,
): CaptionLayout {
  const side = Math.min(picture.width, picture.height);
  const fontSize = Math.max(smallestFont, Math.round((fontAtReference * side) / referenceSide));
  const padding = Math.round(fontSize * 0.7);
  const lineHeight = Math.round(fontSize * 1.5);
  const roomEm = Math.max(8, (picture.width - 2 * padding) / fontSize);
  const lines: CaptionField[][] = [];
  let line: CaptionField[] = [];
  let usedEm = 0;
  for (const field of fields.flatMap((entry) => splitField(entry, roomEm, support))) {
    const widthEm = toFieldWidthEm(field, support);
    if (line.length > 0 && usedEm + fieldGapEm + widthEm > roomEm) {
      lines.push(line);
      line = [];
      usedEm = 0;
    }
    usedEm += (line.length > 0 ? fieldGapEm : 0) + widthEm;
    line.push(field);
  }
  if (line.length > 0) lines.push(line);
  return { lines, fontSize, lineHeight, padding, stripHeight: lines.length * lineHeight + 2 * padding };
}

/** Space between two fields of a line, in ems. */
export const fieldGapEm = 1.6;

/** Size of one dot where the built-in letters are used, in pixels. */
export function toDotSize(fontSize: number): number {
  return Math.max(2, Math.round(fontSize / 9));
}

/** Estimated width of a text in ems, on the generous side: the real font is not known here. */
export function toTextWidthEm(text: string, support: FontSupport): number {
  if (support === 'none') return text.length * dotEm;
  let width = 0;
  for (const character of text) width += toWidthEm(character);
  return width;
}

// At the smallest letters a dot is rounded up to 2 pixels: 2 * 6 / 13.
const dotEm = (2 * dotAdvance) / smallestFont;

function toWidthEm(character: string): number {
  if (character > '\u2fff') return 1.02;
  if (/[mwMW@%]/.test(character)) return 1;
  return /[A-Z]/.test(character) ? 0.72 : 0.64;
}

function toFieldWidthEm(field: CaptionField, support: FontSupport): number {
  return toTextWidthEm(`${field.label} ${field.value}`, support);
}

// Between Chinese characters a line may end anywhere, elsewhere after a blank.
const unbreakable = /[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+/gu;

/** A field too long for one line goes on in unlabelled pieces; words, numbers and codes stay whole where a line has room for them. */
function splitField(field: CaptionField, roomEm: number, support: FontSupport): CaptionField[] {
  const fits = (piece: CaptionField): boolean => toFieldWidthEm(piece, support) <= roomEm;
  if (fits(field)) return [field];
  const pieces: CaptionField[] = [];
  let piece: CaptionField = { label: field.label, value: '' };
  const add = (text: string): void => {
    const longer = { label: piece.label, value: piece.value + text };
    const isBegun = piece.label !== '' || piece.value !== '';
    if (isBegun && !fits({ ...longer, value: longer.value.trimEnd() })) {
      pieces.push(piece);
      piece = { label: '', value: text };
    } else {
      piece = longer;
    }
  };
  for (const word of field.value.match(unbreakable) ?? []) {
    if (fits({ label: '', value: word.trimEnd() })) add(word);
    else for (const character of word) add(character);
  }
  return [...pieces, piece];
}
