import { useState } from 'react';
import type { Role } from '../../../domain/mod.ts';
import { describeError } from '../api/describe-error.ts';
import { type Account, type AccountAct, appointKeeper, useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useLoginWays } from '../api/session.ts';
import type { User } from '../api/types.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { SubjectForm } from './subject-form.tsx';

const nowPeriodMs = 60_000;
const keepers: readonly Role[] = ['administrator', 'security_administrator', 'auditor'];

/** What each of the two administrators may do with an account; the server refuses all else. */
function listActs(account: Account, user: User): AccountAct[] {
  if (account.id === user.id) return [];
  const isKeeper = account.roles.some((role) => keepers.includes(role));
  const acts: AccountAct[] = [];
  const [isAdministrator, isSecurity] = [
    user.roles.includes('administrator'),
    user.roles.includes('security_administrator'),
  ];
  if ((isAdministrator || isSecurity) && !account.isLocked) acts.push('lock');
  if (isAdministrator && account.isLocked) acts.push('unlock');
  if ((isAdministrator || isSecurity) && account.sessions > 0) acts.push('end-sessions');
  if (isKeeper ? isSecurity : isAdministrator) {
    acts.push('reset-password');
    if (account.hasSecondFactor) acts.push('reset-second-factor');
  }
  return acts;
}

export function AccountRow(props: {
  readonly account: Account;
  readonly user: User;
  readonly isBusy: boolean;
  readonly onAct: (act: AccountAct) => void;
  readonly onEdit: () => void;
}) {
  const { account, user, isBusy, onAct, onEdit } = props;
  const { t } = useLanguage();
  const nowMs = useNow(nowPeriodMs);
  const appoint = useKeeperAct(queryKeys.accounts, appointKeeper);
  const isKeeper = account.roles.some((role) => keepers.includes(role));
  const [isTying, setTying] = useState(false);
  const ways = useLoginWays();
  // As with passwords: of those who keep the system the one administrator, of all others the other.
  const mayTie =
    ways.data?.provider != null &&
    account.id !== user.id &&
    user.roles.includes(isKeeper ? 'security_administrator' : 'administrator');
  const mayAppoint =
    user.roles.includes('security_administrator') &&
    account.id !== user.id &&
    (isKeeper || account.roles.length === 0);
  return (
    <tr>
      <th scope="row">{account.username}</th>
      <td>{account.displayName}</td>
      <td>
        {account.roles.length === 0 ? (
          <span className="quiet">{t('keepers.noPost')}</span>
        ) : (
          account.roles.map((role) => t(`role.${role}`)).join(t('listComma'))
        )}
      </td>
      <td>{account.unit?.name ?? <span className="quiet">–</span>}</td>
      <td>
        {account.isLocked && <span className="tag overdue">⚠ {t('keepers.locked')}</span>}{' '}
        {account.mustChangePassword && <span className="tag">{t('keepers.oneTime')}</span>}{' '}
        {account.hasSecondFactor && <span className="tag">{t('account.factor')}</span>}{' '}
        {account.subject !== null && (
          <span className="tag" title={account.subject}>
            {t('keepers.tied')}
          </span>
        )}{' '}
        {account.sessions > 0 && (
          <span className="quiet">{t('keepers.sessions', { n: account.sessions })}</span>
        )}
      </td>
      <td>
        {account.lastLoginAt === null ? (
          <span className="quiet">{t('keepers.never')}</span>
        ) : (
          <time dateTime={account.lastLoginAt}>{formatMoment(account.lastLoginAt, nowMs)}</time>
        )}
      </td>
      <td>
        <div className="keeper-acts">
          {user.roles.includes('administrator') && account.id !== user.id && !isKeeper && (
            <button type="button" className="button small" onClick={onEdit}>
              {t('keepers.edit')}
            </button>
          )}
          {listActs(account, user).map((act) => (
            <button
              key={act}
              type="button"
              className="button small"
              disabled={isBusy}
              onClick={() => onAct(act)}
            >
              {t(`keepers.act.${act}`)}
            </button>
          ))}
          {mayAppoint && (
            <select
              aria-label={t('keepers.appoint')}
              value={account.roles.find((role) => keepers.includes(role)) ?? ''}
              disabled={appoint.isPending}
              onChange={(event) =>
                appoint.mutate({
                  id: account.id,
                  role: event.target.value === '' ? null : (event.target.value as Role),
                })
              }
            >
              <option value="">{t('keepers.noPost')}</option>
              {keepers.map((role) => (
                <option key={role} value={role}>
                  {t(`role.${role}`)}
                </option>
              ))}
            </select>
          )}
          {mayTie && !isTying && (
            <button type="button" className="button small" onClick={() => setTying(true)}>
              {t('keepers.tie')}
            </button>
          )}
          {isTying && <SubjectForm account={account} onDone={() => setTying(false)} />}
          {appoint.error !== null && <p className="error-line">{describeError(appoint.error, t)}</p>}
        </div>
      </td>
    </tr>
  );
}
