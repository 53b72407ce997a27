import { type FormEvent, useState } from 'react';
import { useSearchParams } from 'react-router';
import { describeError } from '../api/describe-error.ts';
import { type AuditLine, useAudit } from '../api/keepers.ts';
import { useLanguage } from '../i18n/language.tsx';

const fields = ['actor', 'action', 'object', 'ip'] as const;

/** The audit log, newest first. Its filter is in the address, so that it can be passed on. */
export function AuditPage() {
  const { t } = useLanguage();
  const [search, setSearch] = useSearchParams();
  const filter = Object.fromEntries([...search].filter(([, value]) => value !== ''));
  const log = useAudit(filter);
  const items = log.data?.pages.flatMap((page) => page.items) ?? [];
  const query = new URLSearchParams({ ...filter, format: 'csv' });
  return (
    <main className="cases-page keeper-page">
      <header className="page-head">
        <h1>{t('keepers.audit')}</h1>
        <a href={`/api/audit?${query}`} download>
          {t('keepers.csv')}
        </a>
      </header>
      <Filter filter={filter} onFilter={(next) => setSearch(next)} />
      {log.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(log.error, t) })}
        </p>
      )}
      {log.isPending && <p className="quiet">{t('loading')}</p>}
      {log.data !== undefined && items.length === 0 && (
        <p className="page-note quiet">{t('keepers.noLines')}</p>
      )}
      {items.length > 0 && <Lines items={items} />}
      {log.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={log.isFetchingNextPage}
          onClick={() => void log.fetchNextPage()}
        >
          {t('cases.more')}
        </button>
      )}
    </main>
  );
}

function Filter(props: {
  readonly filter: Readonly<Record<string, string>>;
  readonly onFilter: (filter: Record<string, string>) => void;
}) {
  const { t } = useLanguage();
  const [draft, setDraft] = useState<Readonly<Record<string, string>>>(props.filter);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    props.onFilter(Object.fromEntries(Object.entries(draft).filter(([, value]) => value.trim() !== '')));
  };
  return (
    <form className="keeper-filter" onSubmit={submit} role="search">
      {fields.map((field) => (
        <label key={field}>
          {t(`audit.${field}`)}
          <input
            value={draft[field] ?? ''}
            maxLength={100}
            onChange={(event) => setDraft({ ...draft, [field]: event.target.value })}
          />
        </label>
      ))}
      <label>
        {t('audit.result')}
        <select
          value={draft['result'] ?? ''}
          onChange={(event) => setDraft({ ...draft, result: event.target.value })}
        >
          <option value="">{t('audit.all')}</option>
          <option value="done">{t('audit.done')}</option>
          <option value="refused">{t('audit.refused')}</option>
        </select>
      </label>
      <button type="submit" className="button primary">
        {t('audit.filter')}
      </button>
    </form>
  );
}

function Lines({ items }: { readonly items: readonly AuditLine[] }) {
  const { t } = useLanguage();
  return (
    <div className="table-frame">
      <table className="case-table keeper-table">
        <thead>
          <tr>
            <th scope="col">{t('audit.at')}</th>
            <th scope="col">{t('audit.actor')}</th>
            <th scope="col">{t('audit.action')}</th>
            <th scope="col">{t('audit.object')}</th>
            <th scope="col">{t('audit.result')}</th>
            <th scope="col">{t('audit.reason')}</th>
            <th scope="col">{t('audit.ip')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((line) => (
            <tr key={line.seq}>
              <td>
                <time dateTime={line.at}>{line.at.slice(0, 19).replace('T', ' ')}</time>
              </td>
              <th scope="row">
                {line.actor}
                <span className="quiet small">
                  {' '}
                  {[...(line.posts ?? []).map((role) => t(`role.${role}`)), line.unit ?? '']
                    .filter((part) => part !== '')
                    .join(t('listComma'))}
                </span>
              </th>
              <td>
                <code>{line.action}</code>
              </td>
              <td className="keeper-object">
                <span className="quiet">{line.objectKind}</span> {line.objectId}
              </td>
              <td>
                {line.result === 'refused' ? (
                  <span className="tag overdue">✕ {t('audit.refused')}</span>
                ) : (
                  t('audit.done')
                )}
              </td>
              <td>{line.reason}</td>
              <td>{line.ip}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
