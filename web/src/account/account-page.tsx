import { useOwnAccount } from '../api/account.ts';
import { describeError } from '../api/describe-error.ts';
import { useLogout } from '../api/session.ts';
import type { User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { PasswordForm } from './password-form.tsx';
import { SecondFactor } from './second-factor.tsx';
import { SessionList } from './session-list.tsx';

/** The own account. With a duty it is all there is, and says first what must be done. */
export function AccountPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const account = useOwnAccount();
  const logout = useLogout();
  const { duty } = user;
  return (
    <main className="account-page">
      <header className="page-head">
        <h1>{t('account.title')}</h1>
        <span className="quiet">
          {user.displayName} · {user.username}
        </span>
      </header>
      {duty !== null && (
        <p className="account-duty" role="alert">
          {t(`account.duty.${duty}`)}
        </p>
      )}
      {account.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(account.error, t) })}
        </p>
      )}
      {account.isPending && <p className="quiet">{t('loading')}</p>}
      {account.data !== undefined && (
        <>
          {account.data.hasPassword && duty !== 'second_factor' && (
            <PasswordForm isDuty={duty === 'password'} />
          )}
          {account.data.hasPassword && duty !== 'password' && <SecondFactor account={account.data} />}
          {duty === null && <SessionList />}
        </>
      )}
      {duty !== null && (
        <button type="button" className="button" onClick={() => logout.mutate()}>
          {t('logout')}
        </button>
      )}
    </main>
  );
}
