import { type FormEvent, useId, useState } from 'react';
import { changePassword, useAccountAct } from '../api/account.ts';
import { describeError } from '../api/describe-error.ts';
import { useLanguage } from '../i18n/language.tsx';

export function PasswordForm({ isDuty }: { readonly isDuty: boolean }) {
  const { t } = useLanguage();
  const title = useId();
  const change = useAccountAct(changePassword);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  const differs = again !== '' && again !== next;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (next !== again) return;
    change.mutate(
      { current, next },
      {
        onSuccess: () => {
          setCurrent('');
          setNext('');
          setAgain('');
        },
      },
    );
  };
  return (
    <form className="account-card" onSubmit={submit} aria-labelledby={title}>
      <h2 id={title}>{t('account.password')}</h2>
      <p className="quiet">{t('account.passwordRule')}</p>
      <label>
        {t(isDuty ? 'account.oneTime' : 'account.current')}
        <input
          type="password"
          autoComplete="current-password"
          required
          value={current}
          onChange={(event) => setCurrent(event.target.value)}
        />
      </label>
      <label>
        {t('account.next')}
        <input
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          maxLength={200}
          value={next}
          onChange={(event) => setNext(event.target.value)}
        />
      </label>
      <label>
        {t('account.again')}
        <input
          type="password"
          autoComplete="new-password"
          required
          aria-invalid={differs}
          value={again}
          onChange={(event) => setAgain(event.target.value)}
        />
      </label>
      <p role="status" className={differs || change.error !== null ? 'error-line' : 'quiet'}>
        {differs && t('account.differs')}
        {!differs && change.error !== null && describeError(change.error, t)}
        {!differs && change.isSuccess && t('account.changed')}
      </p>
      <button type="submit" className="button primary" disabled={change.isPending || next !== again}>
        {t('account.change')}
      </button>
    </form>
  );
}
