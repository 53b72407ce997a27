import type { RefObject } from 'react';
import { type EvidenceCheck, type RejectReason } from '../../../domain/mod.ts';
import { useLanguage } from '../i18n/language.tsx';
import { checkOrder, type Draft, listMissingChecks } from './drafts.ts';
import { RejectMenu } from './reject-menu.tsx';

export interface DecisionPanelProps {
  readonly draft: Draft;
  readonly isRejecting: boolean;
  /** Why no decision can be made now; `null` when one can. */
  readonly blocked: string | null;
  readonly isBusy: boolean;
  readonly failure: string | null;
  readonly note: RefObject<HTMLTextAreaElement | null>;
  readonly onToggleCheck: (check: EvidenceCheck) => void;
  readonly onToggleUrgent: () => void;
  readonly onNote: (note: string) => void;
  /** Ctrl+Enter in the note. */
  readonly onSubmitNote: () => void;
  readonly onConfirm: () => void;
  readonly onOpenReject: () => void;
  readonly onReject: (reason: RejectReason) => void;
  readonly onCancel: () => void;
}

/** The reviewer's four signatures and what follows from them. */
export function DecisionPanel(props: DecisionPanelProps) {
  const { t } = useLanguage();
  const { draft } = props;
  const missing = listMissingChecks(draft);
  const isDisabled = props.blocked !== null || props.isBusy;
  return (
    <section className="decision" aria-label={t('decision.title')}>
      {props.isRejecting ? (
        <RejectMenu onReject={props.onReject} onCancel={props.onCancel} disabled={isDisabled} />
      ) : (
        <fieldset className="checks">
          <legend>{t('decision.checks')}</legend>
          {checkOrder.map((check, index) => (
            <button
              key={check}
              type="button"
              role="checkbox"
              className="check"
              aria-checked={draft.checks[check]}
              onClick={() => props.onToggleCheck(check)}
            >
              <kbd>{index + 1}</kbd>
              {t(`check.${check}`)}
              <span className="check-mark" aria-hidden="true">
                {draft.checks[check] ? '✓' : ''}
              </span>
            </button>
          ))}
        </fieldset>
      )}
      <div className="decision-note">
        <label htmlFor="review-note">
          {t('decision.note')} <kbd>M</kbd>
        </label>
        <textarea
          id="review-note"
          ref={props.note}
          rows={2}
          maxLength={500}
          value={draft.note}
          onChange={(event) => props.onNote(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) props.onSubmitNote();
          }}
        />
      </div>
      {props.failure !== null && (
        <p className="error-line" role="alert">
          {props.failure}
        </p>
      )}
      {props.blocked !== null && <p className="blocked-line">{props.blocked}</p>}
      {!props.isRejecting && (
        <div className="decision-buttons">
          <button
            type="button"
            className="button urgent"
            aria-pressed={draft.level === 'urgent'}
            onClick={props.onToggleUrgent}
          >
            {draft.level === 'urgent' ? '▲ ' : ''}
            {t('level.urgent')} <kbd>U</kbd>
          </button>
          <button type="button" className="button" disabled={isDisabled} onClick={props.onOpenReject}>
            {t('decision.reject')} <kbd>R</kbd>
          </button>
          <button
            type="button"
            className="button primary"
            disabled={isDisabled || missing.length > 0}
            onClick={props.onConfirm}
          >
            {t('decision.confirm')} <kbd>A</kbd>
          </button>
        </div>
      )}
    </section>
  );
}
