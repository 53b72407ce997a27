import { Link, useSearchParams } from 'react-router';
import { useCaseList } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { CaseSummary } from '../api/types.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useClassName } from '../i18n/offence-name.ts';
import { toPlace } from './case-place.ts';
import { readSearch, toAddress, toCaseQuery } from './case-search.ts';
import { DeadlineMark } from './deadline-mark.tsx';
import { SearchForm } from './search-form.tsx';
import { StateFilter } from './state-filter.tsx';

const nowPeriodMs = 15_000;

export function CasesPage() {
  const { t } = useLanguage();
  const [address, setAddress] = useSearchParams();
  const search = readSearch(address);
  const list = useCaseList(toCaseQuery(search));
  const nowMs = useNow(nowPeriodMs);
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  const [first] = list.data?.pages ?? [];
  return (
    <main className="cases-page">
      <header className="page-head">
        <h1>{t('cases.title')}</h1>
        {first !== undefined && (
          <span className="quiet" role="status">
            {t(first.totalIsMinimum ? 'cases.totalAtLeast' : 'cases.total', { n: first.total })}
          </span>
        )}
      </header>
      <StateFilter chosen={search.state} onChoose={(state) => setAddress(toAddress({ ...search, state }))} />
      <SearchForm search={search} onChange={(changed) => setAddress(toAddress(changed), { replace: true })} />
      {list.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(list.error, t) })}
        </p>
      )}
      {list.isPending && <p className="quiet">{t('loading')}</p>}
      {list.data !== undefined && items.length === 0 && <p className="page-note quiet">{t('cases.none')}</p>}
      {items.length > 0 && <CaseTable items={items} nowMs={nowMs} />}
      {list.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('cases.more')}
        </button>
      )}
    </main>
  );
}

function CaseTable({ items, nowMs }: { readonly items: readonly CaseSummary[]; readonly nowMs: number }) {
  const { t } = useLanguage();
  return (
    <div className="table-frame">
      <table className="case-table">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">{t('cases.picture')}</span>
            </th>
            <th scope="col">{t('cases.no')}</th>
            <th scope="col">{t('cases.offence')}</th>
            <th scope="col">{t('case.place')}</th>
            <th scope="col">{t('cases.state')}</th>
            <th scope="col">{t('case.unit')}</th>
            <th scope="col">{t('cases.deadline')}</th>
            <th scope="col">{t('case.created')}</th>
          </tr>
        </thead>
        <tbody>
          {items.map((item) => (
            <CaseRow key={item.caseNo} item={item} nowMs={nowMs} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CaseRow({ item, nowMs }: { readonly item: CaseSummary; readonly nowMs: number }) {
  const { t } = useLanguage();
  const className = useClassName();
  return (
    <tr>
      <td>
        {item.thumbnailUrl !== null && (
          <img className="thumb" src={item.thumbnailUrl} alt="" loading="lazy" />
        )}
      </td>
      <th scope="row">
        <Link to={`/cases/${encodeURIComponent(item.caseNo)}`}>{item.caseNo}</Link>
      </th>
      <td>
        {className(item)}
        {item.level === 'urgent' && <span className="tag urgent">▲ {t('level.urgent')}</span>}
      </td>
      <td>
        {toPlace(item)}
        {item.zone !== null && <span className="quiet"> · {item.zone}</span>}
      </td>
      <td>
        <span className="state">{t(`caseState.${item.state}`)}</span>
      </td>
      <td>{item.unit?.name ?? <span className="quiet">{t('case.noUnit')}</span>}</td>
      <td>
        <DeadlineMark summary={item} nowMs={nowMs} />
      </td>
      <td>
        <time dateTime={item.createdAt}>{formatMoment(item.createdAt, nowMs)}</time>
      </td>
    </tr>
  );
}
