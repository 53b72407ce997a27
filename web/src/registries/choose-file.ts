import type { ReadFile } from '../api/registries.ts';

/** What the server takes; a larger file is not sent at all. */
export const maxFileBytes = 8 * 1024 * 1024;

/** A file with its content type. What is not UTF-8 is taken for GB18030, as spreadsheets here still write. */
export function toReadFile(name: string, bytes: ArrayBuffer): ReadFile {
  if (/\.(geojson|json)$/i.test(name)) return { bytes, type: 'application/geo+json' };
  return { bytes, type: `text/csv; charset=${isUtf8(bytes) ? 'utf-8' : 'gb18030'}` };
}

function isUtf8(bytes: ArrayBuffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
