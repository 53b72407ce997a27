/** Lines of a table with aligned columns; wide (CJK) characters count as two. */
export function toTableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_name, column) => Math.max(...all.map((row) => toWidth(row[column] ?? ''))));
  const toLine = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - toWidth(cell)))
      .join('  ')
      .trimEnd();
  return [toLine(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(toLine)];
}

function toWidth(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) >= 0x1100 ? 2 : 1;
  return width;
}
