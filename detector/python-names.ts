/**
 * Reads the class names that Ultralytics embeds: a Python dict `{0: 'person', 1: "driver's cab"}` or list `['a', 'b']`.
 * Returns them in order of their index, or `null` when the text is neither or an index is missing.
 */
export function parsePythonNames(text: string): string[] | null {
  const trimmed = text.trim();
  const isDict = trimmed.startsWith('{') && trimmed.endsWith('}');
  const isList = trimmed.startsWith('[') && trimmed.endsWith(']');
  if (!isDict && !isList) return null;
  const quoted = String.raw`'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"`;
  const entry = new RegExp(
    isDict ? String.raw`\s*(\d+)\s*:\s*(?:${quoted})\s*(?:,|$)` : String.raw`()\s*(?:${quoted})\s*(?:,|$)`,
    'y',
  );
  const body = trimmed.slice(1, -1);
  const names: string[] = [];
  while (entry.lastIndex < body.length) {
    const match = entry.exec(body);
    if (match === null) return null;
    const index = isDict ? Number(match[1]) : names.length;
    if (index !== names.length) return null;
    names.push((match[2] ?? match[3] ?? '').replaceAll(/\\(.)/g, '$1'));
  }
  return names.length > 0 ? names : null;
}

/** Reads class names as exporters embed them: a Python dict or list, JSON of either, or names between commas or on lines. */
export function parseNames(text: string): string[] | null {
  const python = parsePythonNames(text);
  if (python !== null) return python;
  const json = parseJsonNames(text);
  if (json !== null) return json;
  // One word or number alone is as likely a version or a count.
  if (/^\s*[[{]/.test(text) || !/[\n,]/.test(text)) return null;
  const names = text
    .split(/[\n,]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return names.length > 0 && !names.every((name) => /^[\d.]+$/.test(name)) ? names : null;
}

function parseJsonNames(text: string): string[] | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  return toNames(value);
}

/** Names from a list, or from an object whose keys are the numbers from 0; `null` when it is neither. */
export function toNames(value: unknown): string[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const entries = Object.entries(value);
  const names = entries
    .toSorted(([a], [b]) => Number(a) - Number(b))
    .map(([key, name], i) =>
      Number(key) === i && ['string', 'number'].includes(typeof name) ? String(name) : null,
    );
  return names.length > 0 && names.every((name) => name !== null) ? names : null;
}
