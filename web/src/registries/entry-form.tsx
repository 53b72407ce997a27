import { type FormEvent, useState } from 'react';
import { RequestError } from '../api/client.ts';
import { describeError } from '../api/describe-error.ts';
import { type Entry, type Registry, useSaveEntry } from '../api/registries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { EntryField } from './entry-field.tsx';
import { toText } from './entry-key.ts';

/** A form of a registry's fields. An entry that is there keeps its keys; whoever changed it in between is not overwritten. */
export function EntryForm({
  registry,
  entry,
  onSaved,
}: {
  readonly registry: Registry;
  readonly entry: Entry | null;
  readonly onSaved: () => void;
}) {
  const { t } = useLanguage();
  const save = useSaveEntry(registry.name);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(
      registry.fields.map(({ name, initial }) => [name, entry === null ? initial : toText(entry[name])]),
    ),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const key = registry.keys.map((name) => (values[name] ?? '').trim()).join(',');
    const revision = entry === null ? 'new' : toText(entry['revision']);
    save.mutate({ key, values: { ...values, revision } }, { onSuccess: onSaved });
  };
  const wrong = save.error === null ? null : readField(save.error);
  return (
    <form className="entry-form" onSubmit={submit}>
      {registry.fields.map((field) => (
        <EntryField
          key={field.name}
          field={field}
          value={values[field.name] ?? ''}
          isFixed={entry !== null && registry.keys.includes(field.name)}
          isWrong={field.name === wrong}
          onChange={(value) => setValues({ ...values, [field.name]: value })}
        />
      ))}
      {save.error !== null && (
        <p className="error-line" role="alert" id="entry-error">
          {describeError(save.error, t)}
        </p>
      )}
      <div className="form-buttons">
        <button type="submit" className="button primary" disabled={save.isPending}>
          {t('registries.save')}
        </button>
      </div>
    </form>
  );
}

/** The field that a refusal is about. */
function readField(error: Error): string | null {
  const field = error instanceof RequestError ? error.details['field'] : null;
  return typeof field === 'string' ? field.replace(/^body\./, '') : null;
}
