import sharp from 'sharp';
import type { Box, Polygon } from '../../domain/mod.ts';

export const streetWidth = 1280;
export const streetHeight = 720;

/** The pavement at the near kerb of the drawn street. */
export const pavement: Polygon = [
  [0.02, 0.66],
  [0.98, 0.56],
  [0.98, 0.8],
  [0.02, 0.92],
];

export const parkedBox: Box = [0.42, 0.55, 0.64, 0.76];

/** A drawn street with something parked on its pavement; `light` goes from dusk (0) to noon (1). */
export function drawStreet(colour: string, light: number): Promise<Buffer> {
  const windows = Array.from({ length: 22 }, (_, index) => {
    const row = index % 2;
    return `<rect x="${30 + index * 57}" y="${130 + row * 75}" width="34" height="46" fill="#46525b"/>`;
  });
  const [x1, y1, x2, y2] = parkedBox;
  const scale = ((x2 - x1) * streetWidth) / 300;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${streetWidth}" height="${streetHeight}">
    <rect width="100%" height="100%" fill="#b9c7cf"/>
    <rect y="90" width="500" height="280" fill="#8d8579"/><rect x="500" y="50" width="380" height="320" fill="#a89c8a"/>
    <rect x="880" y="100" width="400" height="270" fill="#7d8186"/>${windows.join('')}
    <rect y="370" width="100%" height="350" fill="#5a5f62"/>
    <polygon points="${pavement.map(([x, y]) => `${x * streetWidth},${y * streetHeight}`).join(' ')}" fill="#b3afa4"/>
    <path d="M0 455 L1280 400" stroke="#e6e2d3" stroke-width="6" stroke-dasharray="60 42"/>
    <g transform="translate(${x1 * streetWidth},${y1 * streetHeight}) scale(${scale.toFixed(3)},${(((y2 - y1) * streetHeight) / 158).toFixed(3)})">
      <rect y="46" width="300" height="80" rx="18" fill="${colour}"/><path d="M50 48 L92 2 H214 L258 48Z" fill="${colour}"/>
      <path d="M66 46 L100 12 H150 V46Z M158 46 V12 H208 L240 46Z" fill="#202a31"/>
      <circle cx="64" cy="128" r="28" fill="#15181a"/><circle cx="236" cy="128" r="28" fill="#15181a"/>
    </g>
    <rect width="100%" height="100%" fill="#10203a" opacity="${(0.35 * (1 - light)).toFixed(2)}"/></svg>`;
  return sharp(Buffer.from(svg)).jpeg({ quality: 82 }).toBuffer();
}
