import { XunjieError } from '../../domain/mod.ts';
import { toCanonicalHash } from '../cases/canonical-hash.ts';
import type { Columns, SqlValue } from './field.ts';
import type { Registry } from './registries.ts';

/** An entry as callers see it: values by field, and what tells this content from an earlier one. */
export type Entry = Readonly<Record<string, SqlValue>> & { readonly revision: string };

export function toEntry(registry: Registry, row: Readonly<Record<string, unknown>>): Entry {
  const values = Object.fromEntries(registry.fields.map((field) => [field.name, field.write(row)]));
  return { ...values, revision: toCanonicalHash(values).slice(0, 16) };
}

/** The key fields' columns of an address. */
export function readKey(registry: Registry, key: string): Columns {
  const parts = key.split(',');
  if (parts.length !== registry.keys.length) throw noEntry(registry, key);
  return Object.assign(
    {},
    ...registry.keys.map((name, index) => readField(registry, name, parts[index] ?? '')),
  );
}

/** Columns of an entry that somebody has written; `where` begins every message: `body` or `line 7`. */
export function readEntry(registry: Registry, values: ReadonlyMap<string, string>, where: string): Columns {
  const stranger = [...values.keys()].find((name) => !registry.fields.some((field) => field.name === name));
  if (stranger !== undefined)
    throw refuse(
      where,
      stranger,
      `unknown; ${registry.name} has ${registry.fields.map(({ name }) => name).join(', ')}`,
    );
  const columns: Record<string, SqlValue> = {};
  for (const field of registry.fields) {
    const value = values.get(field.name)?.trim() ?? '';
    if (value === '' && field.isRequired) throw refuse(where, field.name, 'is missing');
    try {
      Object.assign(columns, field.read(value));
    } catch (error) {
      if (error instanceof RangeError) throw refuse(where, field.name, error.message, error);
      throw error;
    }
  }
  return columns;
}

export function noEntry(registry: Registry, key: string): XunjieError {
  return new XunjieError('not_found', `${registry.name} has no ${key}`);
}

export function refuse(where: string, name: string, why: string, cause?: unknown): XunjieError {
  const at = where === 'body' ? `body.${name}` : `${where}, ${name}`;
  return new XunjieError('bad_request', `${at}: ${why}`, { cause, details: { field: at } });
}

function readField(registry: Registry, name: string, value: string): Columns {
  const field = registry.fields.find((known) => known.name === name);
  try {
    return field?.read(value) ?? {};
  } catch (error) {
    // What cannot be a key is no entry's key.
    if (error instanceof RangeError) throw noEntry(registry, value);
    throw error;
  }
}
