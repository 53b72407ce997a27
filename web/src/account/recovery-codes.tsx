import { useLanguage } from '../i18n/language.tsx';

/** Shown once; after that only their keyed hashes exist. */
export function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  const { t } = useLanguage();
  return (
    <div className="account-once" role="status">
      <p>{t('account.keepCodes')}</p>
      <ul className="account-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
