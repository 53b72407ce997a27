import type { RefObject } from 'react';
import type { EvidenceCheck } from '../../../domain/mod.ts';
import type { CandidateSummary } from '../api/types.ts';
import { formatDuration } from '../format/duration.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { ChoiceMenu } from './choice-menu.tsx';
import { checkOrder, type Draft, listMissingChecks } from './drafts.ts';
import type { ReviewCommand, ReviewMode } from './key-map.ts';
import { listChoices } from './list-choices.ts';

export interface DecisionPanelProps {
  readonly draft: Draft;
  readonly mode: ReviewMode;
  readonly needsDriverAbsent: boolean;
  /** Confirmed once for a penalty: the track is settled. */
  readonly penaltyTrack: boolean;
  /** Something beside the checks is lacking: a still not looked at, the driver. */
  readonly isIncomplete: boolean;
  /** Candidates marked for one rejection. */
  readonly markedCount: number;
  /** Why no decision can be made now; `null` when one can. */
  readonly blocked: string | null;
  readonly isBusy: boolean;
  readonly failure: string | null;
  /** Candidates that may show the same, to merge into. */
  readonly twins: readonly CandidateSummary[];
  readonly note: RefObject<HTMLTextAreaElement | null>;
  readonly onCommand: (command: ReviewCommand) => void;
  readonly onNote: (note: string) => void;
}

/** The reviewer's four signatures and what follows from them. */
export function DecisionPanel(props: DecisionPanelProps) {
  const { t, language } = useLanguage();
  const { draft, onCommand } = props;
  const menu = props.mode === 'merge' ? null : listChoices(props.mode);
  const isChoosing = menu !== null || props.mode === 'merge';
  const missing = listMissingChecks(draft);
  const isDisabled = props.blocked !== null || props.isBusy;
  return (
    <section className="decision" aria-label={t('decision.title')}>
      {props.mode === 'merge' && (
        <ChoiceMenu
          title={t(props.twins.length === 0 ? 'decision.noTwins' : 'decision.mergeWhich')}
          choices={props.twins.map((twin, index) => ({
            key: String(index + 1),
            label: `${formatFull(twin.from)} · ${formatDuration(twin.dwellMs, language)}`,
            choose: () => onCommand({ kind: 'merge', index }),
          }))}
          onCancel={() => onCommand({ kind: 'cancel' })}
          disabled={isDisabled}
        />
      )}
      {menu !== null && (
        <ChoiceMenu
          title={
            props.mode === 'reject' && props.markedCount > 0
              ? t('decision.rejectMarked', { n: props.markedCount })
              : t(menu.title)
          }
          choices={menu.choices.map(({ key, label, command }) => ({
            key,
            label: t(label),
            choose: () => onCommand(command),
          }))}
          onCancel={() => onCommand({ kind: 'cancel' })}
          disabled={props.isBusy || (props.blocked !== null && props.markedCount === 0)}
        />
      )}
      {!isChoosing && (
        <fieldset className="checks">
          <legend>{t('decision.checks')}</legend>
          {checkOrder.map((check, index) => (
            <CheckButton
              key={check}
              name={String(index + 1)}
              label={t(`check.${check}`)}
              isChecked={draft.checks[check]}
              onToggle={() => onCommand({ kind: 'toggle_check', check: check satisfies EvidenceCheck })}
            />
          ))}
          {props.needsDriverAbsent && (
            <CheckButton
              name="5"
              label={t('decision.driverAbsent')}
              isChecked={draft.driverAbsent}
              onToggle={() => onCommand({ kind: 'toggle_driver_absent' })}
            />
          )}
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
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
              onCommand(props.mode === 'reject' ? { kind: 'reject', reason: 'other' } : { kind: 'confirm' });
          }}
        />
      </div>
      {props.failure !== null && (
        <p className="error-line" role="alert">
          {props.failure}
        </p>
      )}
      {props.blocked !== null && <p className="blocked-line">{props.blocked}</p>}
      {!isChoosing && (
        <>
          <div className="decision-switches">
            <button
              type="button"
              className="button small urgent"
              aria-pressed={draft.level === 'urgent'}
              onClick={() => onCommand({ kind: 'toggle_urgent' })}
            >
              {draft.level === 'urgent' ? '▲ ' : ''}
              {t('level.urgent')} <kbd>G</kbd>
            </button>
            <button
              type="button"
              className="button small"
              aria-pressed={props.penaltyTrack || draft.track === 'penalty'}
              disabled={props.penaltyTrack}
              onClick={() => onCommand({ kind: 'toggle_penalty' })}
            >
              {t('track.penalty')} <kbd>P</kbd>
            </button>
            <button
              type="button"
              className="button small"
              disabled={isDisabled}
              onClick={() => onCommand({ kind: 'open_evidence' })}
            >
              {t('decision.evidence')} <kbd>E</kbd>
            </button>
            <button
              type="button"
              className="button small"
              disabled={isDisabled}
              onClick={() => onCommand({ kind: 'open_remind' })}
            >
              {t('decision.remind')} <kbd>W</kbd>
            </button>
            <button
              type="button"
              className="button small"
              disabled={isDisabled}
              onClick={() => onCommand({ kind: 'open_merge' })}
            >
              {t('decision.merge')} <kbd>D</kbd>
            </button>
          </div>
          <div className="decision-buttons">
            <button
              type="button"
              className="button"
              disabled={props.isBusy || (props.blocked !== null && props.markedCount === 0)}
              onClick={() => onCommand({ kind: 'open_reject' })}
            >
              {t('decision.reject')} <kbd>R</kbd>
            </button>
            <button
              type="button"
              className="button primary"
              disabled={isDisabled || missing.length > 0 || props.isIncomplete}
              onClick={() => onCommand({ kind: 'confirm' })}
            >
              {t('decision.confirm')} <kbd>A</kbd>
            </button>
          </div>
        </>
      )}
    </section>
  );
}

function CheckButton({
  name,
  label,
  isChecked,
  onToggle,
}: {
  readonly name: string;
  readonly label: string;
  readonly isChecked: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <button type="button" role="checkbox" className="check" aria-checked={isChecked} onClick={onToggle}>
      <kbd>{name}</kbd>
      {label}
      <span className="check-mark" aria-hidden="true">
        {isChecked ? '✓' : ''}
      </span>
    </button>
  );
}
