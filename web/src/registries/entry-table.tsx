import { useState } from 'react';
import type { Entry, EntryValue, Registry } from '../api/registries.ts';
import { useLanguage } from '../i18n/language.tsx';
import { findEntries, toEntryKey } from './entry-key.ts';
import { useFieldWords } from './use-field-words.ts';

const pageSize = 50;
/** A polygon's corners say nothing in a table. */
const maxShown = 60;

export function EntryTable({
  registry,
  entries,
  onOpen,
}: {
  readonly registry: Registry;
  readonly entries: readonly Entry[];
  readonly onOpen: (entry: Entry) => void;
}) {
  const { t } = useLanguage();
  const words = useFieldWords();
  const [search, setSearch] = useState('');
  const [page, setPage] = useState(0);
  const { fields, keys } = registry;
  const show = (name: string, value: EntryValue) =>
    words.value(
      fields.find((field) => field.name === name),
      value,
    );
  const found = findEntries(entries, search, show);
  const pages = Math.max(1, Math.ceil(found.length / pageSize));
  const current = Math.min(page, pages - 1);
  const shown = found.slice(current * pageSize, (current + 1) * pageSize);
  return (
    <>
      <div className="entry-search">
        <label>
          <span className="visually-hidden">{t('registries.search')}</span>
          <input
            type="search"
            placeholder={t('registries.search')}
            value={search}
            onChange={(event) => {
              setSearch(event.target.value);
              setPage(0);
            }}
          />
        </label>
        <span className="quiet" role="status">
          {search.trim() !== '' && t('registries.found', { n: found.length })}
        </span>
        {pages > 1 && (
          <span className="entry-pages">
            <button
              type="button"
              className="button small"
              disabled={current === 0}
              onClick={() => setPage(current - 1)}
            >
              {t('registries.previous')}
            </button>
            <span>{t('registries.page', { page: current + 1, pages })}</span>
            <button
              type="button"
              className="button small"
              disabled={current === pages - 1}
              onClick={() => setPage(current + 1)}
            >
              {t('registries.next')}
            </button>
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="table-frame" tabIndex={0} role="region" aria-label={words.registry(registry.name)}>
        <table className="entry-table">
          <thead>
            <tr>
              {fields.map(({ name }) => (
                <th key={name} scope="col">
                  {words.field(name)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((entry) => (
              <tr key={toEntryKey(registry, entry)} className={entry['active'] === false ? 'inactive' : ''}>
                {fields.map((field, index) => {
                  const text = cut(words.value(field, entry[field.name]));
                  if (index > 0) return <td key={field.name}>{text}</td>;
                  return (
                    <th key={field.name} scope="row">
                      <button
                        type="button"
                        className="entry-open"
                        aria-label={t('registries.open', {
                          key: keys.map((key) => show(key, entry[key] ?? '')).join(' '),
                        })}
                        onClick={() => onOpen(entry)}
                      >
                        {text}
                      </button>
                    </th>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function cut(text: string): string {
  return text.length > maxShown ? `${text.slice(0, maxShown)}…` : text;
}
