import { type CaptionLayout, fieldGapEm, toDotSize } from './caption-layout.ts';
import { dotAdvance, dotHeight, toDotPath } from './dot-glyphs.ts';
import { type FontSupport, fontFamily } from './fonts.ts';

const colours = { strip: '#10151a', label: '#9fb3c1', value: '#ffffff' };

/** The strip with the facts, as wide as the picture below which it goes (pixels). */
export function toCaptionSvg(width: number, caption: CaptionLayout, support: FontSupport): string {
  const { stripHeight } = caption;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${stripHeight}" viewBox="0 0 ${width} ${stripHeight}">`,
    `<rect width="${width}" height="${stripHeight}" fill="${colours.strip}"/>`,
    ...caption.lines.map((_, index) => toLine(caption, support, index)),
    '</svg>',
  ].join('');
}

function toLine(caption: CaptionLayout, support: FontSupport, index: number): string {
  const top = caption.padding + index * caption.lineHeight;
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

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
