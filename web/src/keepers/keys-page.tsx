import { type FormEvent, useId, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { type ApiKey, makeKey, revokeKey, useKeeperAct, useKeys } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import type { User } from '../api/types.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { CheckList } from './check-list.tsx';
import { Once } from './once.tsx';
import { splitIds } from './split-ids.ts';

const nowPeriodMs = 60_000;
const scopes = [
  'directory.read',
  'cases.read',
  'reports.add',
  'photos.add',
  'indicators.read',
  'tuning_set.read',
] as const;

export function KeysPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const keys = useKeys();
  const revoke = useKeeperAct(queryKeys.keys, revokeKey);
  const [isMaking, setMaking] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const error = keys.error ?? revoke.error;
  const mayRevoke = !user.roles.includes('auditor');
  return (
    <main className="cases-page keeper-page">
      <header className="page-head">
        <h1>{t('keepers.keys')}</h1>
        {keys.data !== undefined && <span className="quiet">{keys.data.length}</span>}
      </header>
      <p className="quiet">{t('keepers.keysWhat')}</p>
      {user.roles.includes('administrator') && !isMaking && (
        <div className="keeper-tools">
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            {t('keepers.newKey')}
          </button>
        </div>
      )}
      {isMaking && (
        <KeyForm
          onDone={(made) => {
            setMaking(false);
            setToken(made);
          }}
        />
      )}
      {token !== null && <Once label={t('keepers.token')} secret={token} onDone={() => setToken(null)} />}
      {error !== null && (
        <p className="error-line" role="alert">
          {describeError(error, t)}
        </p>
      )}
      {keys.isPending && <p className="quiet">{t('loading')}</p>}
      {keys.data?.length === 0 && <p className="page-note quiet">{t('keepers.noKeys')}</p>}
      {keys.data !== undefined && keys.data.length > 0 && (
        <div className="table-frame">
          <table className="case-table keeper-table">
            <thead>
              <tr>
                <th scope="col">{t('keepers.system')}</th>
                <th scope="col">{t('keepers.scopes')}</th>
                <th scope="col">{t('keepers.expires')}</th>
                <th scope="col">{t('keepers.lastUsed')}</th>
                <th scope="col">{t('keepers.state')}</th>
                <th scope="col">{t('keepers.acts')}</th>
              </tr>
            </thead>
            <tbody>
              {keys.data.map((key) => (
                <KeyRow
                  key={key.id}
                  apiKey={key}
                  onRevoke={mayRevoke && !revoke.isPending ? () => revoke.mutate(key.id) : null}
                />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </main>
  );
}

function KeyRow({ apiKey, onRevoke }: { readonly apiKey: ApiKey; readonly onRevoke: (() => void) | null }) {
  const { t } = useLanguage();
  const nowMs = useNow(nowPeriodMs);
  const isOver = Date.parse(apiKey.expiresAt) <= nowMs;
  return (
    <tr>
      <th scope="row">
        {apiKey.name} <span className="quiet small">{apiKey.actor}</span>
      </th>
      <td>
        {apiKey.scopes.join(' ')}
        {apiKey.limitUnitIds !== null && (
          <div className="quiet small">
            {t('keepers.ofUnits')} {apiKey.limitUnitIds.join(' ')}
          </div>
        )}
        {apiKey.limitGridIds !== null && (
          <div className="quiet small">
            {t('keepers.ofGrids')} {apiKey.limitGridIds.join(' ')}
          </div>
        )}
      </td>
      <td>
        <time dateTime={apiKey.expiresAt}>{apiKey.expiresAt.slice(0, 10)}</time>
      </td>
      <td>
        {apiKey.lastUsedAt === null ? (
          <span className="quiet">{t('keepers.never')}</span>
        ) : (
          <>
            {formatMoment(apiKey.lastUsedAt, nowMs)} <span className="quiet">{apiKey.lastUsedIp}</span>
          </>
        )}
      </td>
      <td>
        {apiKey.revokedAt !== null
          ? t('keepers.revoked', { by: apiKey.revokedBy ?? '' })
          : t(isOver ? 'keepers.runOut' : 'keepers.inUse')}
      </td>
      <td>
        {apiKey.revokedAt === null && !isOver && onRevoke !== null && (
          <button type="button" className="button small" onClick={onRevoke}>
            {t('keepers.revoke')}
          </button>
        )}
      </td>
    </tr>
  );
}

function KeyForm({ onDone }: { readonly onDone: (token: string | null) => void }) {
  const { t } = useLanguage();
  const title = useId();
  const make = useKeeperAct(queryKeys.keys, makeKey);
  const [name, setName] = useState('');
  const [days, setDays] = useState(365);
  const [limitUnits, setLimitUnits] = useState('');
  const [limitGrids, setLimitGrids] = useState('');
  const [chosen, setChosen] = useState<readonly (typeof scopes)[number][]>([]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const limits = { limitUnitIds: splitIds(limitUnits), limitGridIds: splitIds(limitGrids) };
    make.mutate({ name, scopes: chosen, days, ...limits }, { onSuccess: ({ token }) => onDone(token) });
  };
  return (
    <form className="account-card" onSubmit={submit} aria-labelledby={title}>
      <h2 id={title}>{t('keepers.newKey')}</h2>
      <label>
        {t('keepers.system')}
        <input
          required
          autoFocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <CheckList
        legend={t('keepers.scopes')}
        names={scopes}
        chosen={chosen}
        onChange={setChosen}
        toLabel={(scope) => (
          <span>
            {t(`scope.${scope}`)} <code>{scope}</code>
          </span>
        )}
      />
      <label>
        {t('keepers.days')}
        <input
          type="number"
          required
          min={1}
          max={730}
          value={days}
          onChange={(event) => setDays(event.target.valueAsNumber || 1)}
        />
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
        {make.error !== null && describeError(make.error, t)}
      </p>
      <div className="account-buttons">
        <button type="submit" className="button primary" disabled={make.isPending || chosen.length === 0}>
          {t('keepers.makeKey')}
        </button>
        <button type="button" className="button" onClick={() => onDone(null)}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
