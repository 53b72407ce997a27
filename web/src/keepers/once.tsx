import { useLanguage } from '../i18n/language.tsx';

/** A secret that is shown once. */
export function Once({
  label,
  secret,
  onDone,
}: {
  readonly label: string;
  readonly secret: string;
  readonly onDone: () => void;
}) {
  const { t } = useLanguage();
  return (
    <div className="account-once" role="status">
      <p>{label}</p>
      <p>
        <code className="account-secret">{secret}</code>
      </p>
      <p className="quiet">{t('keepers.onceWhy')}</p>
      <button type="button" className="button" onClick={onDone}>
        {t('keepers.noted')}
      </button>
    </div>
  );
}
