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
  const errors = Value.Errors(schema, value);
  for (const error of errors) {
    // where a value of several kinds may stand, only the complaints of the kind that was written are of use
    if (isOfOtherKind(error)) continue;
    const path = toPath(error.instancePath);
    const params = error.params as Record<string, unknown>;
    const received = describeValue(readPath(value, path));
    switch (error.keyword as string) {
      case 'additionalProperties':
        for (const key of params['additionalProperties'] as string[])
          issues.push(
            key.includes('@')
              ? {
                  path,
                  message: 'has a field whose name holds an @: put an address with a comma in it in quotes',
                }
              : { path: [...path, key], message: `unknown field "${key}"` },
          );
        break;
      case 'boolean':
        break; // reported once more as additionalProperties
      case 'propertyNames':
        break; // reported with each of the names
      case 'anyOf': {
        const kinds = errors.filter(
          (other) => other.instancePath === error.instancePath && isOfOtherKind(other),
        );
        const branches = readPath(schema, toPath(error.schemaPath)) as { anyOf: readonly unknown[] };
        if (kinds.length < branches.anyOf.length) break; // one kind fits, and has complaints of its own
        const names = kinds.map((kind) => String((kind.params as Record<string, unknown>)['type']));
        issues.push({ path, message: `must be ${[...new Set(names)].join(' or ')}, not ${received}` });
        break;
      }
      case 'pattern': {
        const { examples = [] } = readPath(schema, toPath(error.schemaPath)) as {
          examples?: readonly string[];
        };
        const right = examples.length > 0 ? `; right would be e.g. ${examples.join(' or ')}` : '';
        issues.push({
          path,
          message: right ? `cannot be ${received}${right}` : `${error.message}, not ${received}`,
        });
        break;
      }
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

type SchemaError = ReturnType<typeof Value.Errors>[number];

/** Says no more than that the value is not of the kind of one branch of a union. */
function isOfOtherKind(error: SchemaError): boolean {
  return error.keyword === 'type' && /\/anyOf\/\d+$/.test(error.schemaPath);
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
  // An address in the wrong place may hold a password, whose marks hide where it ends.
  if (typeof value === 'string' && /:\/\/[^]*[@＠]/.test(value)) return 'an address with user and password';
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
