import { publishedAnchors } from '../detector/mod.ts';
import { isObjectClass, type ObjectClass, objectClasses, XunjieError } from '../domain/mod.ts';

/** Reads `640x384` or `640`, width first. @throws XunjieError `bad_argument`. */
export function parseSize(text: string): [width: number, height: number] {
  const match = /^(\d{2,4})(?:x(\d{2,4}))?$/.exec(text.trim());
  if (match === null)
    throw new XunjieError('bad_argument', `--size ${text}: expected WIDTHxHEIGHT in pixels, as in 640x384`);
  return [Number(match[1]), Number(match[2] ?? match[1])];
}

/** Reads three numbers between commas: red, green, blue. @throws XunjieError `bad_argument`. */
export function parseThree(option: string, text: string): [number, number, number] {
  const numbers = text.split(',').map(Number);
  const [red, green, blue] = numbers;
  if (
    numbers.length !== 3 ||
    red === undefined ||
    green === undefined ||
    blue === undefined ||
    numbers.some(Number.isNaN)
  )
    throw new XunjieError(
      'bad_argument',
      `--${option} ${text}: expected red,green,blue as in 0.485,0.456,0.406`,
    );
  return [red, green, blue];
}

/** Reads `van=car` or, to leave a label out, `van=`. @throws XunjieError `bad_argument`. */
export function parseMapping(text: string): [label: string, name: ObjectClass | null] {
  const at = text.lastIndexOf('=');
  const label = text.slice(0, at).trim();
  const name = text.slice(at + 1).trim();
  if (at < 1 || label === '')
    throw new XunjieError('bad_argument', `--map ${text}: expected LABEL=CLASS, as in van=car`);
  if (name === '') return [label, null];
  if (!isObjectClass(name))
    throw new XunjieError(
      'bad_argument',
      `--map ${text}: unknown class "${name}"; known: ${objectClasses.join(', ')}`,
    );
  return [label, name];
}

/** Reads the name of published anchors, or numbers `w,h,w,h,w,h;...`, a group per stride from the finest. @throws XunjieError `bad_argument`. */
export function parseAnchors(text: string): number[][] {
  const published = Object.entries(publishedAnchors).find(([name]) => name === text.trim());
  if (published !== undefined) return published[1];
  const groups = text.split(';').map((group) => group.split(',').map(Number));
  const areNumbers = groups.every(
    (group) => group.length % 2 === 0 && group.every((value) => Number.isFinite(value) && value > 0),
  );
  if (!areNumbers)
    throw new XunjieError(
      'bad_argument',
      `--anchors ${text}: expected ${Object.keys(publishedAnchors).join(', ')}, or pixels w,h,w,h,w,h;w,h,... with a group per stride`,
    );
  return groups;
}
