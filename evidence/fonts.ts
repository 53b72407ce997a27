import sharp from 'sharp';

/** What this machine can write on a picture: Chinese and Latin, Latin alone, or (no font at all) the built-in dot letters. */
export type FontSupport = 'chinese' | 'latin' | 'none';

export const fontFamily =
  'Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif';

// Simplified-only characters: a Japanese or traditional font that lacks them does not count.
const chineseProbe = ['违', '经', '乱', '营'];
const latinProbe = ['A', 'S', '7', 'x'];

let found: Promise<FontSupport> | undefined;

/** Draws a few characters and looks whether they came out; asked once per process, fonts do not change under it. */
export function findFontSupport(): Promise<FontSupport> {
  found ??= probeFonts();
  return found;
}

async function probeFonts(): Promise<FontSupport> {
  if (!(await canDrawAll(latinProbe))) return 'none';
  return (await canDrawAll(chineseProbe)) ? 'chinese' : 'latin';
}

async function canDrawAll(characters: readonly string[]): Promise<boolean> {
  for (const character of characters) if (!(await canDraw(character))) return false;
  return true;
}

/** A missing glyph comes out as nothing or as a framed box, inked along all four sides; none of the probes has such a frame. */
async function canDraw(character: string): Promise<boolean> {
  const canvas = 128;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${canvas}" height="${canvas}"><rect width="100%" height="100%" fill="#fff"/>` +
    `<text x="32" y="90" font-size="64" font-family="${fontFamily}" fill="#000">${character}</text></svg>`;
  const drawn = await sharp(Buffer.from(svg)).flatten().greyscale().raw().toBuffer();
  const inked: { x: number; y: number }[] = [];
  for (let y = 0; y < canvas; y++)
    for (let x = 0; x < canvas; x++) if ((drawn[y * canvas + x] ?? 255) < 160) inked.push({ x, y });
  if (inked.length === 0) return false;
  const left = Math.min(...inked.map(({ x }) => x));
  const right = Math.max(...inked.map(({ x }) => x));
  const top = Math.min(...inked.map(({ y }) => y));
  const bottom = Math.max(...inked.map(({ y }) => y));
  const sideShares = [
    inked.filter(({ y }) => y === top).length / (right - left + 1),
    inked.filter(({ y }) => y === bottom).length / (right - left + 1),
    inked.filter(({ x }) => x === left).length / (bottom - top + 1),
    inked.filter(({ x }) => x === right).length / (bottom - top + 1),
  ];
  return sideShares.some((share) => share < 0.85);
}
