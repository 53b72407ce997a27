import type { CaseState } from '../../../domain/mod.ts';
import { useSummary } from '../api/status.ts';
import { useLanguage } from '../i18n/language.tsx';
import { endStates, loopStates, openStates, restStates } from './case-flow.ts';

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
    counts === undefined ? '–' : openStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
  const options = (states: readonly CaseState[]) =>
    states.map((state) => (
      <option key={state} value={state}>
        {t(`caseState.${state}`)} {count(state)}
      </option>
    ));
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
        <span className="visually-hidden">{t('cases.others')}</span>
        <select
          value={[...restStates, ...endStates, 'all'].includes(chosen) ? chosen : ''}
          onChange={(event) => onChoose(event.target.value === '' ? 'open' : event.target.value)}
        >
          <option value="">{t('cases.others')}</option>
          {options(restStates)}
          <optgroup label={t('cases.ended')}>{options(endStates)}</optgroup>
          <option value="all">{t('cases.all')}</option>
        </select>
      </label>
    </div>
  );
}
