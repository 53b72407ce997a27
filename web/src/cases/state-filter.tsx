import type { CaseState } from '../../../domain/mod.ts';
import { useSummary } from '../api/status.ts';
import { useLanguage } from '../i18n/language.tsx';
import { endStates, loopStates } from './case-flow.ts';

/** The loop as a row of its states with their counts; choosing one filters the list. */
export function StateFilter({
  chosen,
  onChoose,
}: {
  readonly chosen: string;
  readonly onChoose: (state: string) => void;
}) {
  const { t } = useLanguage();
  const counts = useSummary().data?.cases;
  const count = (state: CaseState) => (counts === undefined ? '–' : (counts[state] ?? 0));
  const openCount =
    counts === undefined ? '–' : loopStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  return (
    <div className="state-filter" role="group" aria-label={t('cases.filter')}>
      <button type="button" aria-pressed={chosen === 'open'} onClick={() => onChoose('open')}>
        <b>{openCount}</b> {t('cases.open')}
      </button>
      <ol>
        {loopStates.map((state) => (
          <li key={state}>
            <button type="button" aria-pressed={chosen === state} onClick={() => onChoose(state)}>
              <b>{count(state)}</b> {t(`caseState.${state}`)}
            </button>
          </li>
        ))}
      </ol>
      <label>
        <span className="visually-hidden">{t('cases.ended')}</span>
        <select
          value={endStates.some((state) => state === chosen) ? chosen : ''}
          onChange={(event) => onChoose(event.target.value === '' ? 'open' : event.target.value)}
        >
          <option value="">{t('cases.ended')}</option>
          {endStates.map((state) => (
            <option key={state} value={state}>
              {t(`caseState.${state}`)} {count(state)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
