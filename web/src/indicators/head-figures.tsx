import { type IndicatorReport, type IndicatorRow, useIndicators } from '../api/indicators.ts';
import { useLanguage } from '../i18n/language.tsx';
import { formatCount } from './figure.tsx';

/** Shared bikes have a class of their own in the city's local list. */
const sharedBikes = /共享单车/;

/** What a command centre reports first: reports, filed, due, disposed, the two rates, shared bikes, and how long the loop takes. */
export function HeadFigures({
  row,
  report,
}: {
  readonly row: IndicatorRow;
  readonly report: IndicatorReport;
}) {
  const { t } = useLanguage();
  const classes = useIndicators({ from: report.from, to: report.to, by: 'class' });
  const bikes = classes.data?.rows.filter(({ name }) => sharedBikes.test(name)).map(({ counts }) => counts);
  const { counts } = row;
  const count = (name: string) => formatCount(counts[name] ?? 0);
  const sum = (name: string) => formatCount(bikes?.reduce((total, one) => total + (one[name] ?? 0), 0) ?? 0);
  const find = (name: string) => row.indicators.find((indicator) => indicator.name === name);
  const show = (name: string) => find(name)?.text ?? '–';
  const share = (name: string) =>
    t('head.of', {
      part: formatCount(find(name)?.numerator ?? 0),
      whole: formatCount(find(name)?.denominator ?? 0),
    });
  const figures: readonly (readonly [string, string, string])[] = [
    [t('head.reports'), count('reports'), t('head.selfDisposed', { n: count('selfDisposed') })],
    [
      t('head.filed'),
      count('filed'),
      t('head.dispatched', { n: count('dispatched'), units: count('dispatchedUnits') }),
    ],
    [t('head.due'), count('due'), t('head.disposed', { n: count('disposed') })],
    [t('head.disposalRate'), show('disposalRate'), share('disposalRate')],
    [t('head.onTimeRate'), show('onTimeDisposalRate'), share('onTimeDisposalRate')],
    [
      t('head.bikes'),
      bikes === undefined ? '–' : sum('handled'),
      bikes === undefined
        ? t('loading')
        : t('head.bikeParts', { units: sum('disposed'), own: sum('selfDisposed') }),
    ],
    [t('head.perCollector'), show('reportsPerCollectorDay'), share('reportsPerCollectorDay')],
    [
      t('head.loop'),
      t('head.minutes', { n: show('meanMinutesToReply') }),
      t('head.thenCheck', { n: show('meanMinutesToCheck') }),
    ],
  ];
  return (
    <dl className="head-figures" aria-label={t('head.title')}>
      {figures.map(([name, value, more]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <b>{value}</b>
            <span className="quiet">{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
