import type { Dimension } from '../api/indicators.ts';
import type { User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { type Chosen, listDimensions } from './choose-period.ts';
import { addDays, type PeriodName, periods, toPeriod } from './period.ts';

export function PeriodForm({
  chosen,
  user,
  today,
  onChoose,
}: {
  readonly chosen: Chosen;
  readonly user: User;
  readonly today: string | undefined;
  readonly onChoose: (chosen: Chosen) => void;
}) {
  const { t } = useLanguage();
  const dimensions = listDimensions(user);
  const choosePeriod = (period: PeriodName) => {
    // Own dates begin with those that were on show.
    if (period !== 'custom' || chosen.period === 'custom' || today === undefined)
      return onChoose({ ...chosen, period });
    const { from, to } = toPeriod(chosen.period, today);
    return onChoose({ ...chosen, period, first: from, last: addDays(to, -1) });
  };
  return (
    <form className="period-form" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend className="visually-hidden">{t('indicators.period')}</legend>
        {periods.map((period) => (
          <button
            key={period}
            type="button"
            aria-pressed={period === chosen.period}
            onClick={() => choosePeriod(period)}
          >
            {t(`period.${period}`)}
          </button>
        ))}
      </fieldset>
      {chosen.period === 'custom' && (
        <>
          <label>
            {t('indicators.first')}
            <input
              type="date"
              value={chosen.first}
              onChange={(event) => onChoose({ ...chosen, first: event.target.value })}
            />
          </label>
          <label>
            {t('indicators.last')}
            <input
              type="date"
              value={chosen.last}
              onChange={(event) => onChoose({ ...chosen, last: event.target.value })}
            />
          </label>
        </>
      )}
      <label>
        {t('indicators.by')}
        <select
          value={chosen.by}
          onChange={(event) => onChoose({ ...chosen, by: event.target.value as Dimension })}
        >
          {dimensions.map((dimension) => (
            <option key={dimension} value={dimension}>
              {t(`dimension.${dimension}`)}
            </option>
          ))}
        </select>
      </label>
    </form>
  );
}
