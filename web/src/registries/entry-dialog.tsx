import { useEffect, useRef, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { type Entry, type Registry, useDeleteEntry, useSaveEntry } from '../api/registries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { EntryForm } from './entry-form.tsx';
import { EntryHistory } from './entry-history.tsx';
import { toEntryKey } from './entry-key.ts';
import { useFieldWords } from './use-field-words.ts';

/** One entry: what it holds, its form for those who keep the registry, and what was done to it. `null`: one to be added. */
export function EntryDialog({
  registry,
  entry,
  onClose,
}: {
  readonly registry: Registry;
  readonly entry: Entry | null;
  readonly onClose: () => void;
}) {
  const { t } = useLanguage();
  const words = useFieldWords();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const key = entry === null ? null : toEntryKey(registry, entry);
  return (
    <dialog ref={dialog} className="entry-dialog" aria-labelledby="entry-title" onClose={onClose}>
      <header>
        <h2 id="entry-title">
          {words.registry(registry.name)} · {key ?? t('registries.add')}
        </h2>
        <button type="button" className="button small" onClick={onClose}>
          {t('close')} <kbd>Esc</kbd>
        </button>
      </header>
      {registry.mayEdit ? (
        <EntryForm registry={registry} entry={entry} onSaved={onClose} />
      ) : (
        <dl className="entry-facts">
          {registry.fields.map((field) => (
            <div key={field.name}>
              <dt>{words.field(field.name)}</dt>
              <dd>{words.value(field, entry?.[field.name]) || '–'}</dd>
            </div>
          ))}
        </dl>
      )}
      {registry.mayEdit && entry !== null && key !== null && (
        <>
          <EndEntry registry={registry} entry={entry} entryKey={key} onEnded={onClose} />
          <EntryHistory registry={registry} entryKey={key} />
        </>
      )}
    </dialog>
  );
}

/** Takes an entry out of use: made inactive where that exists, deleted otherwise; asked for twice. */
function EndEntry({
  registry,
  entry,
  entryKey,
  onEnded,
}: {
  readonly registry: Registry;
  readonly entry: Entry;
  readonly entryKey: string;
  readonly onEnded: () => void;
}) {
  const { t } = useLanguage();
  const [isAsked, setIsAsked] = useState(false);
  const save = useSaveEntry(registry.name);
  const remove = useDeleteEntry(registry.name);
  const error = save.error ?? remove.error;
  const canBeInactive = registry.fields.some(({ name, kind }) => name === 'active' && kind === 'flag');
  const setActive = (active: boolean) =>
    save.mutate({ key: entryKey, values: { ...entry, active } }, { onSuccess: onEnded });
  return (
    <div className="entry-end">
      {canBeInactive && (
        <button
          type="button"
          className="button"
          disabled={save.isPending}
          onClick={() => setActive(entry['active'] === false)}
        >
          {t(entry['active'] === false ? 'registries.activate' : 'registries.deactivate')}
        </button>
      )}
      {isAsked ? (
        <span className="entry-sure" role="alert">
          {t('registries.sure')}{' '}
          <button
            type="button"
            className="button danger"
            disabled={remove.isPending}
            onClick={() => remove.mutate(entryKey, { onSuccess: onEnded })}
          >
            {t('registries.delete')}
          </button>{' '}
          <button type="button" className="button" onClick={() => setIsAsked(false)}>
            {t('cancel')}
          </button>
        </span>
      ) : (
        <button type="button" className="button" onClick={() => setIsAsked(true)}>
          {t('registries.delete')}
        </button>
      )}
      {error !== null && (
        <p className="error-line" role="alert">
          {describeError(error, t)}
        </p>
      )}
    </div>
  );
}
