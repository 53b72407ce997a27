import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

/** Colours that a scheme sets, over those it inherits from the light one. */
function readTokens(...parts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    parts.flatMap((part) =>
      [...part.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(
        ([, name = '', colour = '']) => [name, colour] as const,
      ),
    ),
  );
}

/** Relative luminance by WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function toLuminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function toContrast(tokens: ReadonlyMap<string, string>, a: string, b: string): number {
  const [dim = 0, bright = 0] = [a, b]
    .map((name) => toLuminance(tokens.get(name) ?? `no token ${name}`))
    .toSorted((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
}

const texts: readonly (readonly [string, string])[] = [
  ...['ground', 'surface', 'raised', 'accent-soft', 'warn-soft'].flatMap(
    (ground) =>
      [
        ['ink', ground],
        ['quiet', ground],
      ] as const,
  ),
  ...['ground', 'surface', 'raised'].flatMap(
    (ground) =>
      [
        ['accent', ground],
        ['ok', ground],
        ['warn', ground],
        ['bad', ground],
      ] as const,
  ),
  ['accent-ink', 'accent'],
  ['bad', 'bad-soft'],
  ['ink', 'bad-soft'],
  ['stage-ink', 'stage'],
];
const lines: readonly (readonly [string, string])[] = [
  ['line-strong', 'surface'],
  ['line-strong', 'raised'],
  ['focus', 'ground'],
  ['focus', 'surface'],
  ['focus', 'raised'],
  ['focus', 'stage'],
];

for (const [scheme, tokens] of [
  ['light', readTokens(light)],
  ['dark', readTokens(light, dark)],
] as const) {
  test.each(texts)(`${scheme}: text in %s on %s`, (text, ground) => {
    expect(toContrast(tokens, text, ground)).toBeGreaterThanOrEqual(4.5);
  });
  test.each(lines)(`${scheme}: %s tells itself from %s`, (line, ground) => {
    expect(toContrast(tokens, line, ground)).toBeGreaterThanOrEqual(3);
  });
}
