import { useLanguage } from '../i18n/language.tsx';

export interface Choice {
  readonly key: string;
  readonly label: string;
  readonly choose: () => void;
}

/** One of a few, each with its key: reasons to reject, evidence to ask for, ways to remind. */
export function ChoiceMenu({
  title,
  choices,
  onCancel,
  disabled,
}: {
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly onCancel: () => void;
  readonly disabled: boolean;
}) {
  const { t } = useLanguage();
  return (
    <fieldset className="reject-menu">
      <legend>{title}</legend>
      {choices.map(({ key, label, choose }) => (
        <button key={key} type="button" className="reject-reason" disabled={disabled} onClick={choose}>
          <kbd>{key}</kbd> {label}
        </button>
      ))}
      <button type="button" className="reject-reason quiet" onClick={onCancel}>
        <kbd>Esc</kbd> {t('cancel')}
      </button>
    </fieldset>
  );
}
