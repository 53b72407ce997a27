import type { EntryValue, RegistryField } from '../api/registries.ts';
import { type DictionaryKey, dictionaries } from '../i18n/dictionaries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { toText } from './entry-key.ts';

export interface FieldWords {
  registry(name: string): string;
  field(name: string): string;
  /** A value as people read it. */
  value(field: RegistryField | undefined, value: EntryValue | undefined): string;
}

const wordKinds = ['word', 'role', 'caseState', 'level'] as const;

/** Words for what registries hold; what has none yet is shown as it is kept. */
export function useFieldWords(): FieldWords {
  const { t } = useLanguage();
  const find = (...keys: readonly string[]): string | null => {
    const key = keys.find((name) => Object.hasOwn(dictionaries.en, name));
    return key === undefined ? null : t(key as DictionaryKey);
  };
  /** `4 work_day`, as it is kept. */
  const toLimit = (text: string) => {
    const [amount = text, unit] = text.split(' ');
    const word = unit === undefined ? null : find(`limitUnit.${unit}`);
    return word === null ? text : `${amount} ${word}`;
  };
  return {
    registry: (name) => find(`registry.${name}`) ?? name,
    field: (name) => find(`field.${name}`) ?? name,
    value(field, value) {
      const text = toText(value);
      if (text === '') return '';
      if (field?.kind === 'flag') return t(text === 'true' ? 'registries.yes' : 'registries.no');
      if (field?.kind === 'limit') return toLimit(text);
      if (field?.kind !== 'word') return text;
      return find(...wordKinds.map((kind) => `${kind}.${text}`)) ?? text;
    },
  };
}
