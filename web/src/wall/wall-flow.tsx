import type { Summary } from '../api/types.ts';
import { loopStates } from '../cases/case-flow.ts';
import { useLanguage } from '../i18n/language.tsx';

/** The loop from left to right, with how many cases stand where. */
export function WallFlow({ summary }: { readonly summary: Summary | undefined }) {
  const { t } = useLanguage();
  return (
    <section className="wall-flow" aria-labelledby="wall-flow">
      <h2 id="wall-flow">{t('wall.flow')}</h2>
      <ol>
        {loopStates.map((state) => (
          <li key={state}>
            <b>{summary === undefined ? '–' : (summary.cases[state] ?? 0)}</b>
            <span>{t(`caseState.${state}`)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
