import { useId } from 'react';
import { type RegistryField, useEntries } from '../api/registries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { toText } from './entry-key.ts';
import { useFieldWords } from './use-field-words.ts';

/** Sentences rather than words. */
const longFields = ['condition', 'closeCondition', 'legalBasis', 'firstOffencePolicy'];
const inputTypes = { date: 'date', number: 'text', text: 'text', id: 'text', time: 'text' } as const;

export function EntryField({
  field,
  value,
  isFixed,
  isWrong,
  onChange,
}: {
  readonly field: RegistryField;
  readonly value: string;
  readonly isFixed: boolean;
  readonly isWrong: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useLanguage();
  const words = useFieldWords();
  const id = useId();
  const hint = field.example === '' ? null : field.example;
  const shared = {
    id,
    name: field.name,
    value,
    required: field.required,
    disabled: isFixed,
    'aria-invalid': isWrong,
    'aria-describedby': [hint === null ? '' : `${id}-hint`, isWrong ? 'entry-error' : ''].join(' ').trim(),
  };
  return (
    <div className="entry-field">
      <label htmlFor={id}>
        {words.field(field.name)}
        {field.required && <span aria-hidden="true"> *</span>}
        {isFixed && <span className="quiet"> {t('registries.fixed')}</span>}
      </label>
      {field.kind === 'word' || field.kind === 'flag' ? (
        <select {...shared} onChange={(event) => onChange(event.target.value)}>
          {field.kind === 'word' && <option value="">{field.required ? t('form.choose') : '–'}</option>}
          {(field.kind === 'flag' ? ['true', 'false'] : field.choices).map((choice) => (
            <option key={choice} value={choice}>
              {words.value(field, choice)}
            </option>
          ))}
        </select>
      ) : field.kind === 'ring' || longFields.includes(field.name) ? (
        <textarea {...shared} rows={3} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <>
          <input
            {...shared}
            type={field.kind in inputTypes ? inputTypes[field.kind as keyof typeof inputTypes] : 'text'}
            inputMode={field.kind === 'number' ? 'decimal' : undefined}
            list={field.refersTo === null ? undefined : `${id}-choices`}
            autoComplete="off"
            onChange={(event) => onChange(event.target.value)}
          />
          {field.refersTo !== null && !isFixed && <Choices id={`${id}-choices`} registry={field.refersTo} />}
        </>
      )}
      {hint !== null && (
        <span className="quiet small" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

/** Entries that the field may name; what is inactive is not offered. */
function Choices({ id, registry }: { readonly id: string; readonly registry: string }) {
  const entries = useEntries(registry);
  return (
    <datalist id={id}>
      {entries.data
        ?.filter((entry) => entry['active'] !== false && 'id' in entry)
        .map((entry) => (
          <option key={toText(entry['id'])} value={toText(entry['id'])}>
            {toText(entry['name'])}
          </option>
        ))}
    </datalist>
  );
}
