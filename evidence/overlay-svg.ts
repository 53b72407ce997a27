import type { Box, Polygon } from '../domain/mod.ts';
import { type CaptionLayout, fieldGapEm, toDotSize } from './caption-layout.ts';
import { dotAdvance, dotHeight, toDotPath } from './dot-glyphs.ts';
import { type FontSupport, fontFamily } from './fonts.ts';

export interface Overlay {
  /** Picture size without the strip, pixels. */
  readonly width: number;
  readonly height: number;
  readonly zonePolygon: Polygon;
  readonly box: Box;
  readonly caption: CaptionLayout;
  readonly support: FontSupport;
}

const colours = {
  strip: '#10151a',
  label: '#9fb3c1',
  value: '#ffffff',
  zone: '#00d0ff',
  box: '#ffd400',
  halo: '#000000',
};

/** What is drawn over a picture that has been lengthened by the strip: zone, box, and the facts below the picture. */
export function toOverlaySvg(overlay: Overlay): string {
  const { width, height, caption } = overlay;
  const total = height + caption.stripHeight;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${total}" viewBox="0 0 ${width} ${total}">`,
    toZoneShape(overlay),
    toBoxShape(overlay),
    `<rect x="0" y="${height}" width="${width}" height="${caption.stripHeight}" fill="${colours.strip}"/>`,
    ...caption.lines.map((_, index) => toLine(overlay, index)),
    '</svg>',
  ].join('');
}

function toLineWidth(height: number): number {
  return Math.max(2, Math.round(height / 360));
}

/** The outline stays wholly inside the picture, also where the zone reaches its edge. */
function toZoneShape({ width, height, zonePolygon }: Overlay): string {
  const line = toLineWidth(height);
  const inset = line / 2 + 1;
  const points = zonePolygon
    .map(([x, y]) => `${clamp(x * width, inset, width - inset)},${clamp(y * height, inset, height - inset)}`)
    .join(' ');
  const shape = (colour: string, stroke: number) =>
    `<polygon points="${points}" fill="none" stroke="${colour}" stroke-width="${stroke}" stroke-linejoin="round"/>`;
  return shape(colours.halo, line + 2) + shape(colours.zone, line);
}

/** Drawn around the box, not on it, so that the line hides nothing of the thing itself. */
function toBoxShape({ width, height, box }: Overlay): string {
  const line = toLineWidth(height) + 1;
  const margin = line / 2 + 1;
  const left = clamp(Math.floor(box[0] * width) - margin, margin, width - margin);
  const top = clamp(Math.floor(box[1] * height) - margin, margin, height - margin);
  const right = clamp(Math.ceil(box[2] * width) + margin, left, width - margin);
  const bottom = clamp(Math.ceil(box[3] * height) + margin, top, height - margin);
  const shape = (colour: string, stroke: number) =>
    `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" fill="none" stroke="${colour}" stroke-width="${stroke}" shape-rendering="crispEdges"/>`;
  return shape(colours.halo, line + 2) + shape(colours.box, line);
}

function toLine(overlay: Overlay, index: number): string {
  const { caption, height, support } = overlay;
  const top = height + caption.padding + index * caption.lineHeight;
  const fields = caption.lines[index] ?? [];
  if (support === 'none') {
    const dot = toDotSize(caption.fontSize);
    const y = top + Math.round((caption.lineHeight - dotHeight * dot) / 2);
    let text = '';
    let shapes = '';
    for (const { label, value } of fields) {
      const start = text === '' ? '' : '  ';
      shapes += toDots(start.length + text.length, label, colours.label);
      shapes += toDots(
        start.length + text.length + (label === '' ? 0 : label.length + 1),
        value,
        colours.value,
      );
      text += `${start}${label === '' ? '' : `${label} `}${value}`;
    }
    return `<g transform="translate(${caption.padding} ${y}) scale(${dot})" shape-rendering="crispEdges">${shapes}</g>`;
  }
  const y = top + Math.round(caption.lineHeight * 0.5 + caption.fontSize * 0.36);
  const spans = fields.map(({ label, value }, at) => {
    const gap = at === 0 ? '' : ` dx="${fieldGapEm * caption.fontSize}"`;
    if (label === '') return `<tspan${gap} fill="${colours.value}">${escapeXml(value)}</tspan>`;
    return (
      `<tspan${gap} fill="${colours.label}">${escapeXml(label)}</tspan>` +
      `<tspan dx="${caption.fontSize * 0.4}" fill="${colours.value}">${escapeXml(value)}</tspan>`
    );
  });
  return `<text x="${caption.padding}" y="${y}" font-family="${fontFamily}" font-size="${caption.fontSize}">${spans.join('')}</text>`;
}

function toDots(column: number, text: string, colour: string): string {
  return `<path transform="translate(${column * dotAdvance} 0)" fill="${colour}" d="${toDotPath(text)}"/>`;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
