import { type ClassScheme, classSchemes } from '../../domain/mod.ts';

export type SqlValue = string | number | boolean | null;
/** What a table's columns hold for one row. */
export type Columns = Readonly<Record<string, SqlValue>>;

/** What a form asks with. */
export const fieldKinds = [
  'text',
  'id',
  'word',
  'number',
  'flag',
  'date',
  'time',
  'limit',
  'periods',
  'ring',
] as const;
export type FieldKind = (typeof fieldKinds)[number];

/** One thing that a registry keeps of each entry, as it is written in JSON and in CSV alike. */
export interface Field {
  readonly name: string;
  readonly kind: FieldKind;
  /** The words that a `word` is one of. */
  readonly choices: readonly string[];
  /** What stands for nothing written: a flag's own, else `''`. */
  readonly initial: string;
  readonly columns: readonly string[];
  readonly isRequired: boolean;
  readonly description: string;
  /** Table and column that the value must be found in. */
  readonly refersTo: readonly [table: string, column: string] | null;
  /** Columns for a value; throws a RangeError that says what is wrong. `''` stands for nothing. */
  read(text: string): Columns;
  /** The value of a row. */
  write(row: Readonly<Record<string, unknown>>): SqlValue;
}

interface FieldOptions {
  readonly column?: string;
  readonly isRequired?: boolean;
  readonly description?: string;
  readonly refersTo?: readonly [table: string, column: string];
}

function field(
  name: string,
  kind: FieldKind,
  options: FieldOptions,
  parse: (text: string) => SqlValue,
  write: (value: unknown) => SqlValue = (value) => (value ?? null) as SqlValue,
): Field {
  const { column = name, isRequired = true, description = '', refersTo = null } = options;
  return {
    name,
    kind,
    choices: [],
    initial: '',
    columns: [column],
    isRequired,
    description,
    refersTo,
    read: (value) => ({ [column]: value === '' ? null : parse(value) }),
    write: (row) => write(row[column]),
  };
}

export function text(name: string, options: FieldOptions & { readonly max?: number } = {}): Field {
  const { max = 200 } = options;
  return field(name, 'text', options, (value) => {
    if (value.length > max) throw new RangeError(`is longer than ${max} characters`);
    if (/\p{Cc}/u.test(value.replaceAll('\n', ''))) throw new RangeError('holds a control character');
    return value;
  });
}

/** An id: what stands in addresses and other tables. */
export function id(name: string, options: FieldOptions = {}): Field {
  return field(name, 'id', options, (value) => {
    if (!/^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$/u.test(value))
      throw new RangeError(`"${value}" is no id: letters, digits, dot, dash and underscore, at most 64`);
    return value;
  });
}

export function word(name: string, words: readonly string[], options: FieldOptions = {}): Field {
  const read = field(name, 'word', { description: words.join(', '), ...options }, (value) => {
    if (!words.includes(value)) throw new RangeError(`"${value}" is not one of ${words.join(', ')}`);
    return value;
  });
  return { ...read, choices: words };
}

export function number(
  name: string,
  options: FieldOptions & { readonly min: number; readonly max: number; readonly isWhole?: boolean },
): Field {
  const { min, max, isWhole = false } = options;
  return field(name, 'number', options, (value) => {
    const parsed = Number(value);
    if (!Number.isFinite(parsed) || (isWhole && !Number.isInteger(parsed)))
      throw new RangeError(`"${value}" is no ${isWhole ? 'whole ' : ''}number`);
    if (parsed < min || parsed > max) throw new RangeError(`${value} is not between ${min} and ${max}`);
    return parsed;
  });
}

export function flag(name: string, options: FieldOptions & { readonly otherwise?: boolean } = {}): Field {
  const { column = name, otherwise = true } = options;
  const parsed = field(name, 'flag', { ...options, isRequired: false }, (value) => {
    if (value !== 'true' && value !== 'false') throw new RangeError(`"${value}" is neither true nor false`);
    return value === 'true';
  });
  const initial = String(otherwise);
  return {
    ...parsed,
    initial,
    read: (value) => (value === '' ? { [column]: otherwise } : parsed.read(value)),
  };
}

/** A local date, `2026-10-01`, that exists. */
export function date(name: string, options: FieldOptions = {}): Field {
  return field(name, 'date', options, (value) => {
    const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null;
    if (at === null || Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== value)
      throw new RangeError(`"${value}" is no date of the form 2026-10-01`);
    return value;
  });
}

/** A time of day, `08:00`; `24:00` ends a day. */
export function time(name: string, options: FieldOptions = {}): Field {
  return field(name, 'time', options, (value) => {
    readMinute(value);
    return value;
  });
}

export function scheme(name: string, options: FieldOptions = {}): Field {
  return word(name, classSchemes satisfies readonly ClassScheme[], options);
}

/** Minutes since midnight of `08:00`. */
export function readMinute(value: string): number {
  const parts = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(value);
  const minute = Number(parts?.[1]) * 60 + Number(parts?.[2]);
  if (parts === null || minute > 24 * 60) throw new RangeError(`"${value}" is no time of day such as 08:00`);
  return minute;
}
