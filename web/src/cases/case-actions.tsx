import { useState } from 'react';
import type { CaseAction } from '../../../domain/mod.ts';
import { type ActionRequest, useCaseAction } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { CaseDetail } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { ActionForm } from './action-form.tsx';
import { actionNeeds, isSideAction } from './action-needs.ts';
import { endStates } from './case-flow.ts';
import { OnDutyLine } from './on-duty-line.tsx';

/** The buttons of what this user may do with this case now. */
export function CaseActions({ detail }: { readonly detail: CaseDetail }) {
  const { t } = useLanguage();
  const [chosen, setChosen] = useState<CaseAction | null>(null);
  const act = useCaseAction(detail.caseNo);
  const send = (action: CaseAction, body: ActionRequest) =>
    act.mutate({ action, body }, { onSuccess: () => setChosen(null) });
  const choose = (action: CaseAction) => {
    act.reset();
    if (actionNeeds[action].length > 0) setChosen(action);
    else send(action, { version: detail.version });
  };
  const current = chosen !== null && detail.actions.includes(chosen) ? chosen : null;
  // Urging, merging and the like are always there: they do not make it one's turn.
  const isOwnTurn = detail.actions.some((action) => !isSideAction(action));
  return (
    <section className="case-actions" aria-label={t('case.actions')}>
      <h2>{t('case.actions')}</h2>
      {!isOwnTurn && (
        <p className="quiet">
          {t(endStates.some((state) => state === detail.state) ? 'case.ended' : 'case.noActions')}
        </p>
      )}
      <OnDutyLine />
      <div className="action-buttons">
        {detail.actions.map((action) => (
          <button
            key={action}
            type="button"
            className={isSideAction(action) ? 'button' : 'button primary'}
            aria-expanded={actionNeeds[action].length > 0 ? action === current : undefined}
            disabled={act.isPending}
            onClick={() => choose(action)}
          >
            {t(`action.${action}`)}
          </button>
        ))}
      </div>
      {current !== null && (
        <ActionForm
          key={`${current}-${detail.version}`}
          detail={detail}
          action={current}
          isBusy={act.isPending}
          onSubmit={(body) => send(current, body)}
          onCancel={() => setChosen(null)}
        />
      )}
      {act.error !== null && (
        <p className="error-line" role="alert">
          {describeError(act.error, t)}
        </p>
      )}
    </section>
  );
}
