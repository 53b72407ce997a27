import type { CaseSummary } from '../api/types.ts';
import { toDeadlineStand } from '../format/deadline.ts';
import { formatDuration } from '../format/duration.ts';
import { formatMoment } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { isClockRunning } from './case-flow.ts';

/** When a case must be disposed of, and how that stands: always a word beside the colour. */
export function DeadlineMark({ summary, nowMs }: { readonly summary: CaseSummary; readonly nowMs: number }) {
  const { language, t } = useLanguage();
  const { deadline } = summary;
  if (deadline === null) return <span className="quiet">{t('deadline.none')}</span>;
  const runs = isClockRunning(summary.state);
  const stand = runs
    ? toDeadlineStand(summary.createdAt, deadline, nowMs)
    : summary.overdue
      ? 'overdue'
      : 'none';
  const distance = formatDuration(Math.abs(Date.parse(deadline) - nowMs), language);
  const word = runs
    ? t(stand === 'overdue' ? 'deadline.over' : 'deadline.left', { time: distance })
    : t(summary.overdue ? 'deadline.wasOver' : 'deadline.stopped');
  return (
    <span className={`deadline deadline-${stand}`}>
      <b>
        {stand === 'overdue' && <span aria-hidden="true">⚠ </span>}
        {stand === 'soon' && <span aria-hidden="true">◔ </span>}
        {word}
      </b>{' '}
      <time className="quiet" dateTime={deadline}>
        {t('deadline.at', { at: formatMoment(deadline, nowMs) })}
      </time>
    </span>
  );
}
