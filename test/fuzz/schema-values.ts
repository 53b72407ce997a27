import fc, { type Arbitrary } from 'fast-check';

/** The part of JSON Schema that the routes use. */
export interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly maxItems?: number;
}

/** Texts that programs have stumbled over. */
const oddTexts = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '%00',
  '%',
  "' or 1=1 --",
  '"; drop table account; --',
  '<script>alert(1)</script>',
  '=cmd|calc',
  '${7*7}',
  'x'.repeat(5000),
  '9'.repeat(400),
  '-0',
  '1e999',
  'NaN',
  '2026-13-45',
  '2026-02-30T25:61:00+99:99',
  '0000-00-00',
  '+275760-09-13T00:00:00Z',
  '案件',
  '👮‍♀️',
];
const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  -(2 ** 63),
  1e308,
  [],
  {},
  [[[[[]]]]],
  JSON.parse('{"__proto__":{"admin":true}}'),
  { toString: 1 },
];

export const oddText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.string({ unit: 'binary' }),
);
const oddValue: Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...oddValues),
  oddText,
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that a schema allows or nearly does. `known` are things that exist: ids, numbers of cases. */
export function toValue(schema: JsonSchema, known: Arbitrary<string>): Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: toFittingValue(schema, known) },
    { weight: 1, arbitrary: oddValue },
  );
}

function toFittingValue(schema: JsonSchema, known: Arbitrary<string>): Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => toValue(one, known)));
  switch (schema.type) {
    case 'object':
      return toObject(schema, known);
    case 'array':
      return fc.array(toValue(schema.items ?? {}, known), { maxLength: Math.min(schema.maxItems ?? 4, 4) });
    case 'integer':
      return fc.oneof(
        fc.integer({ min: schema.minimum ?? -5, max: schema.maximum ?? 500 }),
        fc.maxSafeInteger(),
      );
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return fc.oneof(known, known, fc.string({ maxLength: Math.min(schema.maxLength ?? 40, 60) }), oddText);
    case undefined:
    default:
      return oddValue;
  }
}

function toObject(schema: JsonSchema, known: Arbitrary<string>): Arbitrary<unknown> {
  const named = Object.entries(schema.properties ?? {});
  const shape = Object.fromEntries(named.map(([name, property]) => [name, toValue(property, known)]));
  const record = fc.record(shape, {
    requiredKeys: [...(schema.required ?? [])].filter((name) => name in shape),
  });
  const free = Object.values(schema.patternProperties ?? {})[0];
  return free === undefined
    ? record
    : fc.dictionary(fc.oneof(known, oddText), toValue(free, known), { maxKeys: 6 });
}
