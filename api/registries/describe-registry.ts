import { type Static, Type } from 'typebox';
import type { Role } from '../../domain/mod.ts';
import { isAllowed } from '../auth/permissions.ts';
import { Nullable } from '../http/schema.ts';
import { fieldKinds } from './field.ts';
import { type Registry, registries } from './registries.ts';

const FieldView = Type.Object({
  name: Type.String(),
  kind: Type.Enum([...fieldKinds]),
  required: Type.Boolean(),
  choices: Type.Array(Type.String(), { description: 'The words that a `word` is one of' }),
  initial: Type.String({ description: 'What stands for nothing written' }),
  refersTo: Nullable(Type.String({ description: 'The registry that the value must be an entry of' })),
  example: Type.String({ description: 'How it is written, where that is not plain' }),
});

export const RegistryView = Type.Object({
  name: Type.String(),
  keys: Type.Array(Type.String(), { description: 'Fields that make the address, joined by commas' }),
  fields: Type.Array(FieldView),
  mayEdit: Type.Boolean(),
  takesGeoJson: Type.Boolean(),
});

/** What a page needs to show a registry and to ask for its fields. */
export function toRegistryView(registry: Registry, roles: readonly Role[]): Static<typeof RegistryView> {
  const { name, keys, fields, edit } = registry;
  return {
    name,
    keys: [...keys],
    mayEdit: isAllowed(edit, roles),
    takesGeoJson: fields.some(({ kind }) => kind === 'ring'),
    fields: fields.map((field) => ({
      name: field.name,
      kind: field.kind,
      required: field.isRequired,
      choices: [...field.choices],
      initial: field.initial,
      refersTo: field.refersTo === null ? null : findRegistryName(field.refersTo[0]),
      example: field.kind === 'word' ? '' : field.description,
    })),
  };
}

/** `null`: the table is no registry, such as that of accounts. */
function findRegistryName(table: string): string | null {
  return registries.find((registry) => registry.table === table)?.name ?? null;
}
