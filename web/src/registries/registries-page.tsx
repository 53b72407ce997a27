import { NavLink, useNavigate, useParams, useSearchParams } from 'react-router';
import { describeError } from '../api/describe-error.ts';
import { type Entry, type Registry, toCsvUrl, useEntries, useRegistries } from '../api/registries.ts';
import { useSummary } from '../api/status.ts';
import { useLanguage } from '../i18n/language.tsx';
import { EntryDialog } from './entry-dialog.tsx';
import { toEntryKey } from './entry-key.ts';
import { EntryTable } from './entry-table.tsx';
import { ImportPanel } from './import-panel.tsx';
import { useFieldWords } from './use-field-words.ts';

/** 台账: what the city keeps, each registry listed, searched, edited, imported and exported in the same way. */
export function RegistriesPage() {
  const { t } = useLanguage();
  const words = useFieldWords();
  const registries = useRegistries();
  const navigate = useNavigate();
  const { name } = useParams();
  const chosen = registries.data?.find((registry) => registry.name === name) ?? registries.data?.[0];
  return (
    <main className="registries-page">
      {registries.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(registries.error, t) })}
        </p>
      )}
      {registries.isPending && <p className="quiet">{t('loading')}</p>}
      {registries.data !== undefined && (
        <>
          <nav className="registry-list" aria-label={t('registries.title')}>
            <ul>
              {registries.data.map((registry) => (
                <li key={registry.name}>
                  <NavLink
                    to={`/registries/${registry.name}`}
                    className={registry === chosen ? 'active' : ''}
                    aria-current={registry === chosen ? 'page' : undefined}
                  >
                    {words.registry(registry.name)}
                  </NavLink>
                </li>
              ))}
            </ul>
            <label>
              <span className="visually-hidden">{t('registries.title')}</span>
              <select
                value={chosen?.name}
                onChange={(event) => void navigate(`/registries/${event.target.value}`)}
              >
                {registries.data.map((registry) => (
                  <option key={registry.name} value={registry.name}>
                    {words.registry(registry.name)}
                  </option>
                ))}
              </select>
            </label>
          </nav>
          {chosen !== undefined && <RegistryView key={chosen.name} registry={chosen} />}
        </>
      )}
    </main>
  );
}

/** Without a year's days off its deadlines are wrong: said where they are entered. */
function MissingYears() {
  const { t } = useLanguage();
  const years = useSummary().data?.missingCalendarYears ?? [];
  if (years.length === 0) return null;
  return (
    <span className="error-line" role="alert">
      {t('registries.missingYears', { years: years.join(t('listComma')) })}
    </span>
  );
}

function RegistryView({ registry }: { readonly registry: Registry }) {
  const { t } = useLanguage();
  const words = useFieldWords();
  const entries = useEntries(registry.name);
  const [search, setSearch] = useSearchParams();
  const entryKey = search.get('entry');
  const isAdding = registry.mayEdit && search.has('add');
  const entry = entries.data?.find((one) => toEntryKey(registry, one) === entryKey) ?? null;
  const open = (one: Entry) => setSearch({ entry: toEntryKey(registry, one) });
  const close = () => setSearch({});
  return (
    <section className="registry" aria-labelledby="registry-title">
      <header className="page-head">
        <h1 id="registry-title">{words.registry(registry.name)}</h1>
        {entries.data !== undefined && (
          <span className="quiet">{t('registries.count', { n: entries.data.length })}</span>
        )}
        {registry.name === 'calendar-days' && <MissingYears />}
        {!registry.mayEdit && <span className="quiet">{t('registries.readOnly')}</span>}
        <span className="top-space" />
        <a className="button small" href={toCsvUrl(registry.name)} download>
          {t('registries.export')}
        </a>
        {registry.mayEdit && (
          <button type="button" className="button small primary" onClick={() => setSearch({ add: '1' })}>
            {t('registries.add')}
          </button>
        )}
      </header>
      {registry.mayEdit && <ImportPanel registry={registry} />}
      {entries.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(entries.error, t) })}
        </p>
      )}
      {entries.isPending && <p className="quiet">{t('loading')}</p>}
      {entries.data?.length === 0 && <p className="page-note quiet">{t('registries.empty')}</p>}
      {entries.data !== undefined && entries.data.length > 0 && (
        <EntryTable registry={registry} entries={entries.data} onOpen={open} />
      )}
      {entryKey !== null && entries.data !== undefined && entry === null && !isAdding && (
        <p className="error-line" role="alert">
          {t('registries.gone', { key: entryKey })}
        </p>
      )}
      {(entry !== null || isAdding) && (
        <EntryDialog key={entryKey ?? ''} registry={registry} entry={entry} onClose={close} />
      )}
    </section>
  );
}
