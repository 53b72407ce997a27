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
