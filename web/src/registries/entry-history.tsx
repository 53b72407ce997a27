import { describeError } from '../api/describe-error.ts';
import { type HistoryEntry, type Registry, useHistory } from '../api/registries.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { listChanges } from './list-changes.ts';
import { useFieldWords } from './use-field-words.ts';

export function EntryHistory({
  registry,
  entryKey,
}: {
  readonly registry: Registry;
  readonly entryKey: string;
}) {
  const { t } = useLanguage();
  const history = useHistory(registry.name, entryKey);
  return (
    <section className="entry-history" aria-labelledby="history-title">
      <h3 id="history-title">{t('registries.history')}</h3>
      {history.isPending && <p className="quiet">{t('loading')}</p>}
      {history.error !== null && (
        <p className="error-line">{t('error.load', { message: describeError(history.error, t) })}</p>
      )}
      {history.data?.length === 0 && <p className="quiet">{t('registries.noHistory')}</p>}
      <ol>
        {history.data?.map((done) => (
          <li key={`${done.at} ${done.after?.['revision'] ?? ''}`}>
            <Done done={done} registry={registry} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Done({ done, registry }: { readonly done: HistoryEntry; readonly registry: Registry }) {
  const { t } = useLanguage();
  const words = useFieldWords();
  const { at, by, fromFile, before, after } = done;
  const show = (name: string, from: HistoryEntry['before']) =>
    words.value(
      registry.fields.find((field) => field.name === name),
      from?.[name],
    ) || '–';
  const what = done.done === 'delete' ? 'deleted' : before === null ? 'added' : 'changed';
  return (
    <>
      <b>{t(`registries.${what}`)}</b> {by} <time dateTime={at}>{formatFull(at)}</time>
      {fromFile && <span className="tag">{t('registries.fromFile')}</span>}
      {before !== null && after !== null && (
        <ul>
          {listChanges(before, after).map((name) => (
            <li key={name}>
              {words.field(name)}: <del>{show(name, before)}</del> → <ins>{show(name, after)}</ins>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
