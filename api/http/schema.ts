import type { TSchema } from 'typebox';
import { Type } from 'typebox';
import { type Offence, offenceFacts, offences } from '../../domain/mod.ts';

export const IsoTime = Type.String({
  description: 'ISO 8601 with offset',
  examples: ['2020-12-03T09:10:00+08:00'],
});

export function Nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

export const Reference = Type.Object({ id: Type.String(), name: Type.String() });

export const OffenceReference = Type.Object({
  code: Type.Enum([...offences]),
  nameZh: Type.String(),
  nameEn: Type.String(),
});

export function toOffenceReference(code: Offence) {
  const { nameZh, nameEn } = offenceFacts[code];
  return { code, nameZh, nameEn };
}

export const Empty = Type.Unsafe<undefined>({ description: 'No content' });

/** Page size and where to go on; every list takes both. */
export const pageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
  cursor: Type.Optional(Type.String({ maxLength: 500, description: '`nextCursor` of the page before' })),
};

export const defaultPageLimit = 50;

export function PageOf<Item extends TSchema>(item: Item) {
  return Type.Object({ items: Type.Array(item), total: Type.Integer(), nextCursor: Nullable(Type.String()) });
}
