import type { TSchema } from 'typebox';
import Value from 'typebox/value';

/** One thing wrong with a value: where (JSON path) and what, in words. */
export interface SchemaIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Checks a value against a schema; an empty list means it fits. Messages name the received value. */
export function findSchemaIssues(schema: TSchema, value: unknown): SchemaIssue[] {
  const issues: SchemaIssue[] = [];
  for (const error of Value.Errors(schema, value)) {
    const path = toPath(error.instancePath);
    const params = error.params as Record<string, unknown>;
    const received = describeValue(readPath(value, path));
    switch (error.keyword as string) {
      case 'additionalProperties':
        for (const key of params['additionalProperties'] as string[])
          issues.push({ path: [...path, key], message: `unknown field "${key}"` });
        break;
      case 'boolean':
        break; // reported once more as additionalProperties
      case 'required':
        for (const key of params['requiredProperties'] as string[])
          issues.push({ path, message: `"${key}" is missing` });
        break;
      case 'enum':
        issues.push({
          path,
          message: `${received} is not one of ${(params['allowedValues'] as unknown[]).join(', ')}`,
        });
        break;
      case 'minItems':
        issues.push({
          path,
          message: `needs at least ${String(params['limit'])} entries, has ${(readPath(value, path) as unknown[]).length}`,
        });
        break;
      default:
        issues.push({ path, message: `${error.message}, not ${received}` });
    }
  }
  return issues;
}

function toPath(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function readPath(value: unknown, path: readonly (string | number)[]): unknown {
  let at: unknown = value;
  for (const key of path) at = (at as Record<string | number, unknown> | null | undefined)?.[key];
  return at;
}

function describeValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** Writes a path as people do: `zones.near-kerb[1]`. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${key}` : key),
    '',
  );
}
