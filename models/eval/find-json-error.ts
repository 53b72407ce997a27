const space = /[ \t\r\n]*/y;
const scalar =
  /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Where a text stops being JSON, as `line 3, column 14`; `null` when it is JSON. V8's own message names no place for most
 * mistakes, and a person with a file of 20 MB needs one.
 */
export function findJsonError(text: string): string | null {
  const open: ('{' | '[')[] = [];
  let at = 0;
  let wants: 'value' | 'value or end' | 'key' | 'key or end' | 'comma or end' = 'value';
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const length = pattern.exec(text)?.[0].length ?? 0;
    at += length;
    return length > 0;
  };
  for (;;) {
    take(space);
    if (wants === 'comma or end' && open.length === 0) return at === text.length ? null : toPlace(text, at);
    const next = text[at];
    const isObject = open.at(-1) === '{';
    if (wants !== 'value' && wants !== 'key' && next === (isObject ? '}' : ']')) {
      open.pop();
      at++;
      wants = 'comma or end';
    } else if (wants === 'comma or end') {
      if (next !== ',') return toPlace(text, at);
      at++;
      wants = isObject ? 'key' : 'value';
    } else if (wants === 'key' || wants === 'key or end') {
      if (next !== '"' || !take(scalar)) return toPlace(text, at);
      take(space);
      if (text[at] !== ':') return toPlace(text, at);
      at++;
      wants = 'value';
    } else if (next === '{' || next === '[') {
      open.push(next);
      at++;
      wants = next === '{' ? 'key or end' : 'value or end';
    } else {
      if (!take(scalar)) return toPlace(text, at);
      wants = 'comma or end';
    }
  }
}

function toPlace(text: string, at: number): string {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const place = `line ${before.split('\n').length}, column ${at - lineStart + 1}`;
  return at >= text.length ? `${place}, where the file ends` : place;
}
