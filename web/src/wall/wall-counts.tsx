import type { IndicatorRow } from '../api/indicators.ts';
import type { Summary } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Today in a row of large numbers; a dash, not a zero, where a number is not known. */
export function WallCounts({
  summary,
  row,
}: {
  readonly summary: Summary | undefined;
  readonly row: IndicatorRow | undefined;
}) {
  const { t } = useLanguage();
  const waiting =
    summary === undefined
      ? undefined
      : (summary.candidates.pending_review ?? 0) + (summary.candidates.in_review ?? 0);
  const counts: readonly (readonly [string, number | undefined, boolean])[] = [
    [t('wall.reports'), row?.counts['reports'], false],
    [t('wall.filed'), row?.counts['filed'], false],
    [t('wall.disposed'), row?.counts['disposed'], false],
    [t('wall.closed'), row?.counts['closed'], false],
    [t('wall.waiting'), waiting, false],
    [t('wall.overdue'), summary?.overdue, (summary?.overdue ?? 0) > 0],
  ];
  return (
    <dl className="wall-counts" aria-label={t('wall.today')}>
      {counts.map(([name, value, isBad]) => (
        <div key={name} className={isBad ? 'bad' : undefined}>
          <dt>{name}</dt>
          <dd>{value ?? '–'}</dd>
        </div>
      ))}
    </dl>
  );
}
