const unitBytes: Readonly<Record<string, number>> = {
  '': 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
};

/** Parses `500MB`, `2 GiB` or a number of bytes; `null` when it is no size. */
export function parseByteSize(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?) ?([kmgt]i?b)?$/i.exec(text.trim());
  if (found === null) return null;
  return Math.round(Number(found[1]) * (unitBytes[(found[2] ?? '').toLowerCase()] ?? 1));
}
