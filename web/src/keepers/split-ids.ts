/** Ids with spaces or commas between them, as somebody writes them; `null` for none, which is no limit. */
export function splitIds(text: string): string[] | null {
  const ids = text.split(/[\s,，、]+/).filter((id) => id !== '');
  return ids.length === 0 ? null : ids;
}
