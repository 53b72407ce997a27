import { useSearchParams } from 'react-router';
import { describeError } from '../api/describe-error.ts';
import { type IndicatorReport, toIndicatorUrl, useIndicators } from '../api/indicators.ts';
import { useSummary } from '../api/status.ts';
import type { User } from '../api/types.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { type Chosen, readChosen, seesAll, toQuestion } from './choose-period.ts';
import { DimensionTable } from './dimension-table.tsx';
import { HeadFigures } from './head-figures.tsx';
import { PeriodForm } from './period-form.tsx';
import { SingleReport } from './single-report.tsx';

/** 统计考核: every rate with its formula and both its counts, for any period and dimension. */
export function IndicatorsPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const [search, setSearch] = useSearchParams();
  const summary = useSummary();
  const chosen = readChosen(search, user);
  const question = toQuestion(chosen, summary.data?.now);
  const report = useIndicators(question);
  const choose = (next: Chosen) => {
    const { period, first, last, by } = next;
    setSearch({ period, by, ...(period === 'custom' ? { first, last } : {}) }, { replace: true });
  };
  const trouble = report.error ?? (question === null ? summary.error : null);
  return (
    <main className="indicators-page" aria-busy={report.isFetching}>
      <header className="page-head">
        <h1>{t('indicators.title')}</h1>
        {!seesAll(user) && <span className="quiet">{t('indicators.own')}</span>}
      </header>
      <div className="indicator-bar">
        <PeriodForm chosen={chosen} user={user} today={summary.data?.now.slice(0, 10)} onChoose={choose} />
        {question !== null && (
          <p className="indicator-files">
            {(['csv', 'xlsx'] as const).map((format) => (
              <a key={format} className="button small" href={toIndicatorUrl(question, format)} download>
                {t('indicators.download', { format: format.toUpperCase() })}
              </a>
            ))}
          </p>
        )}
      </div>
      {trouble !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(trouble, t) })}
        </p>
      )}
      {chosen.period === 'custom' && question === null && (
        <p className="quiet" role="status">
          {t('indicators.needDates')}
        </p>
      )}
      {report.data === undefined && trouble === null && chosen.period !== 'custom' && (
        <p className="quiet">{t('loading')}</p>
      )}
      {report.data !== undefined && report.error === null && question !== null && (
        <Report report={report.data} isStale={report.isPlaceholderData} />
      )}
    </main>
  );
}

function Report({ report, isStale }: { readonly report: IndicatorReport; readonly isStale: boolean }) {
  const { t } = useLanguage();
  const [only] = report.rows;
  // A table of one row is read downwards.
  const isSingle = report.rows.length === 1 && report.by !== 'camera';
  return (
    <div className={isStale ? 'indicator-report stale' : 'indicator-report'}>
      <p className="quiet small">
        {t('indicators.span', { from: formatFull(report.from), to: formatFull(report.to) })}
      </p>
      {report.by === 'all' && only !== undefined && <HeadFigures row={only} report={report} />}
      {only === undefined && <p className="page-note quiet">{t('indicators.none')}</p>}
      {only !== undefined &&
        (isSingle ? (
          <SingleReport row={only} isNamed={report.by !== 'all'} />
        ) : (
          <DimensionTable key={report.by} report={report} />
        ))}
    </div>
  );
}
