import type { RejectReason } from '../../../domain/mod.ts';
import { useLanguage } from '../i18n/language.tsx';
import { rejectKeys } from './key-map.ts';

const entries = Object.entries(rejectKeys) as [RejectReason, string][];

export function RejectMenu({
  onReject,
  onCancel,
  disabled,
}: {
  readonly onReject: (reason: RejectReason) => void;
  readonly onCancel: () => void;
  readonly disabled: boolean;
}) {
  const { t } = useLanguage();
  return (
    <fieldset className="reject-menu">
      <legend>{t('decision.rejectWhy')}</legend>
      {entries.map(([reason, key]) => (
        <button
          key={reason}
          type="button"
          className="reject-reason"
          disabled={disabled}
          onClick={() => onReject(reason)}
        >
          <kbd>{key}</kbd> {t(`reason.${reason}`)}
        </button>
      ))}
      <button type="button" className="reject-reason quiet" onClick={onCancel}>
        <kbd>Esc</kbd> {t('cancel')}
      </button>
    </fieldset>
  );
}
