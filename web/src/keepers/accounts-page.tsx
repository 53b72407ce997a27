import { useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { type Account, type AccountAct, actOnAccount, useAccounts, useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import type { User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { AccountForm } from './account-form.tsx';
import { AccountRow } from './account-row.tsx';
import { Once } from './once.tsx';

export function AccountsPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const accounts = useAccounts();
  const act = useKeeperAct(queryKeys.accounts, actOnAccount);
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<Account | 'new' | null>(null);
  const [secret, setSecret] = useState<{ readonly username: string; readonly password: string } | null>(null);
  const isAdministrator = user.roles.includes('administrator');
  const wanted = search.trim().toLowerCase();
  const shown = accounts.data?.filter((account) =>
    `${account.username} ${account.displayName} ${account.unit?.name ?? ''}`.toLowerCase().includes(wanted),
  );
  const run = (account: Account, name: AccountAct) =>
    act.mutate(
      { id: account.id, act: name },
      {
        onSuccess: ({ oneTimePassword }) => {
          if (oneTimePassword !== undefined)
            setSecret({ username: account.username, password: oneTimePassword });
        },
      },
    );
  const error = accounts.error ?? act.error;
  return (
    <main className="cases-page keeper-page">
      <header className="page-head">
        <h1>{t('keepers.accounts')}</h1>
        {accounts.data !== undefined && <span className="quiet">{accounts.data.length}</span>}
      </header>
      <div className="keeper-tools">
        <label>
          <span className="visually-hidden">{t('keepers.search')}</span>
          <input
            type="search"
            placeholder={t('keepers.search')}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
        {isAdministrator && (
          <button type="button" className="button primary" onClick={() => setEditing('new')}>
            {t('keepers.newAccount')}
          </button>
        )}
      </div>
      {secret !== null && (
        <Once
          label={t('keepers.oneTimeOf', { username: secret.username })}
          secret={secret.password}
          onDone={() => setSecret(null)}
        />
      )}
      {editing !== null && (
        <AccountForm
          key={editing === 'new' ? 'new' : editing.id}
          account={editing === 'new' ? null : editing}
          onDone={(made) => {
            setEditing(null);
            if (made !== null) setSecret(made);
          }}
        />
      )}
      {error !== null && (
        <p className="error-line" role="alert">
          {describeError(error, t)}
        </p>
      )}
      {accounts.isPending && <p className="quiet">{t('loading')}</p>}
      {shown !== undefined && shown.length > 0 && (
        <div className="table-frame">
          <table className="case-table keeper-table">
            <thead>
              <tr>
                <th scope="col">{t('login.username')}</th>
                <th scope="col">{t('keepers.displayName')}</th>
                <th scope="col">{t('keepers.posts')}</th>
                <th scope="col">{t('keepers.unit')}</th>
                <th scope="col">{t('keepers.state')}</th>
                <th scope="col">{t('keepers.lastLogin')}</th>
                <th scope="col">{t('keepers.acts')}</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((account) => (
                <AccountRow
                  key={account.id}
                  account={account}
                  user={user}
                  isBusy={act.isPending}
                  onAct={(name) => run(account, name)}
                  onEdit={() => setEditing(account)}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {shown?.length === 0 && <p className="page-note quiet">{t('keepers.none')}</p>}
    </main>
  );
}
