import { type FormEvent, useId, useState } from 'react';
import type { EnforcementAction, ObjectionReason } from '../../../domain/mod.ts';
import { describeError } from '../api/describe-error.ts';
import {
  type Enforcement,
  type EnforcementRequest,
  type EnforcementStep,
  objectionReasons,
  useEnforcement,
  useEnforcementAction,
} from '../api/enforcement.ts';
import type { User } from '../api/types.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';

/** Who sees it; officers have it in their own system. */
const readers: User['roles'] = ['shift_leader', 'commander', 'legal_reviewer', 'intake_officer'];
/** Of the party, and of the law: the server refuses them without words. */
const needNote: readonly EnforcementAction[] = ['waive_objection', 'exempt', 'withdraw'];
/** What ends it, or cannot be taken back: never at one click. */
const askFirst: readonly EnforcementAction[] = ['hand_over', 'receive_statement', 'notify', ...needNote];

export function maySeePenaltyTrack(user: User | null | undefined): boolean {
  return user?.roles.some((role) => readers.includes(role)) ?? false;
}

/** How far a case confirmed for a penalty has come, who did what, and what is to do. */
export function PenaltyTrack({ caseNo }: { readonly caseNo: string }) {
  const { t } = useLanguage();
  const title = useId();
  const track = useEnforcement(caseNo, true);
  return (
    <section className="penalty-track" aria-labelledby={title}>
      <h2 id={title}>{t('penalty.title')}</h2>
      {track.isPending && <p className="quiet">{t('loading')}</p>}
      {track.error !== null && (
        <p className="error-line" role="alert">
          {describeError(track.error, t)}
        </p>
      )}
      {track.data !== undefined && <TrackView track={track.data} />}
    </section>
  );
}

function TrackView({ track }: { readonly track: Enforcement }) {
  const { t } = useLanguage();
  const act = useEnforcementAction(track.caseNo);
  const [chosen, setChosen] = useState<EnforcementAction | null>(null);
  const current = chosen !== null && track.actions.includes(chosen) ? chosen : null;
  const send = (action: EnforcementAction, body: EnforcementRequest) =>
    act.mutate({ action, body }, { onSuccess: () => setChosen(null) });
  const choose = (action: EnforcementAction) => {
    act.reset();
    if (askFirst.includes(action)) setChosen(action);
    else send(action, { version: track.version });
  };
  const isWaiting = track.handOver === 'queued' && track.state !== 'handed_over';
  return (
    <>
      <p>
        <span className="state">{t(`penaltyState.${track.state}`)}</span>{' '}
        {isWaiting && <span className="tag">{t('penalty.underWay')}</span>}
        {track.handOver === 'dead' && <span className="tag overdue">⚠ {t('penalty.notBrought')}</span>}
      </p>
      <dl className="case-facts">
        {track.objectionUntil !== null && (
          <div>
            <dt>{t('penalty.objectionUntil')}</dt>
            <dd>{formatFull(track.objectionUntil)}</dd>
          </div>
        )}
        {track.objectionReason !== null && (
          <div>
            <dt>{t('penalty.reason')}</dt>
            <dd>{t(`objection.${track.objectionReason}`)}</dd>
          </div>
        )}
        {track.reference !== null && (
          <div>
            <dt>{t('penalty.reference')}</dt>
            <dd>{track.reference}</dd>
          </div>
        )}
      </dl>
      <ol className="penalty-steps">
        {track.steps.map((step) => (
          <StepLine key={step.seq} step={step} />
        ))}
      </ol>
      {track.actions.length > 0 && (
        <div className="action-buttons">
          {track.actions.map((action) => (
            <button
              key={action}
              type="button"
              className="button"
              aria-expanded={askFirst.includes(action) ? action === current : undefined}
              disabled={act.isPending}
              onClick={() => choose(action)}
            >
              {t(`penaltyAction.${action}`)}
            </button>
          ))}
        </div>
      )}
      {current !== null && (
        <TrackForm
          key={`${current}-${track.version}`}
          action={current}
          isBusy={act.isPending}
          onSubmit={(given) => send(current, { version: track.version, ...given })}
          onCancel={() => setChosen(null)}
        />
      )}
      {act.error !== null && (
        <p className="error-line" role="alert">
          {describeError(act.error, t)}
        </p>
      )}
    </>
  );
}

function StepLine({ step }: { readonly step: EnforcementStep }) {
  const { t } = useLanguage();
  return (
    <li>
      <b>{t(`penaltyAction.${step.action}`)}</b>{' '}
      {step.action === 'import' && <span className="state">{t(`penaltyState.${step.to}`)}</span>}
      <div className="quiet small">
        <time dateTime={step.at}>{formatFull(step.at)}</time> · {step.actor}
        {step.role !== null && ` · ${t(`role.${step.role}`)}`}
      </div>
      {step.note !== null && step.note !== '' && <p className="flow-opinion">{step.note}</p>}
    </li>
  );
}

function TrackForm(props: {
  readonly action: EnforcementAction;
  readonly isBusy: boolean;
  readonly onSubmit: (given: Pick<EnforcementRequest, 'note' | 'reason'>) => void;
  readonly onCancel: () => void;
}) {
  const { action, isBusy, onSubmit, onCancel } = props;
  const { t } = useLanguage();
  const [note, setNote] = useState('');
  const [reason, setReason] = useState<ObjectionReason | ''>('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const words = note.trim();
    onSubmit({ ...(words !== '' && { note: words }), ...(reason !== '' && { reason }) });
  };
  return (
    <form className="action-form" onSubmit={submit}>
      <p className="quiet">{t(`penaltyWhat.${action}`)}</p>
      {action === 'receive_statement' && (
        <label>
          {t('penalty.reason')}
          <select
            required
            value={reason}
            onChange={(event) => setReason(event.target.value as ObjectionReason | '')}
          >
            <option value="">–</option>
            {objectionReasons.map((each) => (
              <option key={each} value={each}>
                {t(`objection.${each}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        {t('penalty.note')}
        <textarea
          required={needNote.includes(action)}
          rows={2}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <div className="action-buttons">
        <button type="submit" className="button primary" disabled={isBusy}>
          {t(`penaltyAction.${action}`)}
        </button>
        <button type="button" className="button" onClick={onCancel}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
