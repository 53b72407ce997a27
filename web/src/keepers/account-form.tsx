import { type FormEvent, useId, useState } from 'react';
import type { Role } from '../../../domain/mod.ts';
import { useUnits } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import { type Account, changeAccount, makeAccount, useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useLanguage } from '../i18n/language.tsx';
import { CheckList } from './check-list.tsx';
import { splitIds } from './split-ids.ts';

const posts: readonly Role[] = [
  'reviewer',
  'intake_officer',
  'shift_leader',
  'dispatcher',
  'commander',
  'collector',
  'officer',
  'clerk',
  'legal_reviewer',
  'engineer',
];

/** A new account, or what an account is. A post and a number name it, never a person. */
export function AccountForm({
  account,
  onDone,
}: {
  readonly account: Account | null;
  readonly onDone: (made: { readonly username: string; readonly password: string } | null) => void;
}) {
  const { t } = useLanguage();
  const title = useId();
  const units = useUnits(true);
  const make = useKeeperAct(queryKeys.accounts, makeAccount);
  const change = useKeeperAct(queryKeys.accounts, changeAccount);
  const [username, setUsername] = useState('');
  const [displayName, setDisplayName] = useState(account?.displayName ?? '');
  const [roles, setRoles] = useState<readonly Role[]>(account?.roles ?? []);
  const [unitId, setUnitId] = useState(account?.unit?.id ?? '');
  const [employeeNo, setEmployeeNo] = useState(account?.employeeNo ?? '');
  const [limitUnits, setLimitUnits] = useState(account?.limitUnitIds?.join(' ') ?? '');
  const [limitGrids, setLimitGrids] = useState(account?.limitGridIds?.join(' ') ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const details = {
      displayName,
      roles,
      unitId: unitId === '' ? null : unitId,
      employeeNo: employeeNo.trim() === '' ? null : employeeNo.trim(),
      limitUnitIds: splitIds(limitUnits),
      limitGridIds: splitIds(limitGrids),
    };
    if (account !== null) change.mutate({ id: account.id, ...details }, { onSuccess: () => onDone(null) });
    else
      make.mutate(
        { username, ...details },
        { onSuccess: ({ oneTimePassword }) => onDone({ username, password: oneTimePassword }) },
      );
  };
  const error = make.error ?? change.error;
  return (
    <form className="account-card" onSubmit={submit} aria-labelledby={title}>
      <h2 id={title}>{account === null ? t('keepers.newAccount') : account.username}</h2>
      {account === null && (
        <label>
          {t('login.username')}
          <input
            required
            autoFocus
            pattern="[a-z0-9][a-z0-9._\-]+"
            maxLength={63}
            autoCapitalize="none"
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        </label>
      )}
      <label>
        {t('keepers.displayName')}
        <input
          required
          maxLength={100}
          placeholder={t('keepers.displayNameHint')}
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
        />
      </label>
      <CheckList
        legend={t('keepers.posts')}
        names={posts}
        chosen={roles}
        onChange={setRoles}
        toLabel={(role) => t(`role.${role}`)}
      />
      <label>
        {t('keepers.unit')}
        <select value={unitId} onChange={(event) => setUnitId(event.target.value)}>
          <option value="">–</option>
          {units.data?.map((unit) => (
            <option key={unit.id} value={unit.id}>
              {unit.name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('keepers.employeeNo')}
        <input maxLength={64} value={employeeNo} onChange={(event) => setEmployeeNo(event.target.value)} />
      </label>
      <label>
        {t('keepers.limitUnits')}
        <input value={limitUnits} onChange={(event) => setLimitUnits(event.target.value)} />
      </label>
      <label>
        {t('keepers.limitGrids')}
        <input value={limitGrids} onChange={(event) => setLimitGrids(event.target.value)} />
      </label>
      <p className="error-line" role="alert">
        {error !== null && describeError(error, t)}
      </p>
      <div className="account-buttons">
        <button type="submit" className="button primary" disabled={make.isPending || change.isPending}>
          {t('keepers.save')}
        </button>
        <button type="button" className="button" onClick={() => onDone(null)}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
