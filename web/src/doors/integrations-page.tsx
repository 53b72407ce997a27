import { useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import {
  type Integration,
  pingIntegration,
  removeIntegration,
  switchIntegration,
  useIntegrations,
} from '../api/integrations.ts';
import { useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import type { User } from '../api/types.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { Once } from '../keepers/once.tsx';
import { InboxPanel } from './inbox-panel.tsx';
import { IntegrationForm } from './integration-form.tsx';
import { OutboxPanel } from './outbox-panel.tsx';

const nowPeriodMs = 15_000;
const healthSigns = { ok: '●', unknown: '?', late: '◐', failing: '▲', disabled: '○' } as const;

/** The systems that the city is connected with, and what could not be brought to them. */
export function IntegrationsPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const integrations = useIntegrations();
  const [isAdding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const mayEdit = user.roles.includes('commander');
  return (
    <main className="cases-page">
      <header className="page-head">
        <h1>{t('doors.title')}</h1>
        {integrations.data !== undefined && <span className="quiet">{integrations.data.length}</span>}
      </header>
      <p className="quiet">{t('doors.what')}</p>
      {mayEdit && !isAdding && (
        <div className="keeper-tools">
          <button type="button" className="button primary" onClick={() => setAdding(true)}>
            {t('doors.connect')}
          </button>
        </div>
      )}
      {isAdding && (
        <IntegrationForm
          onDone={(made) => {
            setAdding(false);
            setSecret(made);
          }}
        />
      )}
      {secret !== null && <Once label={t('doors.secret')} secret={secret} onDone={() => setSecret(null)} />}
      {integrations.error !== null && (
        <p className="error-line" role="alert">
          {describeError(integrations.error, t)}
        </p>
      )}
      {integrations.isPending && <p className="quiet">{t('loading')}</p>}
      {integrations.data?.length === 0 && <p className="page-note quiet">{t('doors.none')}</p>}
      {integrations.data !== undefined && integrations.data.length > 0 && (
        <IntegrationTable integrations={integrations.data} mayEdit={mayEdit} />
      )}
      <OutboxPanel mayEdit={mayEdit} />
      <InboxPanel mayEdit={mayEdit} />
    </main>
  );
}

function IntegrationTable({
  integrations,
  mayEdit,
}: {
  readonly integrations: readonly Integration[];
  readonly mayEdit: boolean;
}) {
  const { t } = useLanguage();
  return (
    <div className="table-frame">
      <table className="case-table keeper-table">
        <thead>
          <tr>
            <th scope="col">{t('doors.system')}</th>
            <th scope="col">{t('doors.direction')}</th>
            <th scope="col">{t('doors.health')}</th>
            <th scope="col">{t('doors.lastSuccess')}</th>
            <th scope="col">{t('doors.waiting')}</th>
            <th scope="col">{t('doors.dead')}</th>
            {mayEdit && <th scope="col">{t('keepers.acts')}</th>}
          </tr>
        </thead>
        <tbody>
          {integrations.map((integration) => (
            <IntegrationRow key={integration.id} integration={integration} mayEdit={mayEdit} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function IntegrationRow({
  integration,
  mayEdit,
}: {
  readonly integration: Integration;
  readonly mayEdit: boolean;
}) {
  const { t } = useLanguage();
  const nowMs = useNow(nowPeriodMs);
  const { id, name, kind, state, health, url, unit, direction } = integration;
  const change = useKeeperAct(queryKeys.integrations, switchIntegration);
  const ping = useKeeperAct(queryKeys.integrations, pingIntegration);
  const remove = useKeeperAct(queryKeys.integrations, removeIntegration);
  const [isSure, setSure] = useState(false);
  const error = change.error ?? ping.error ?? remove.error;
  const other = state === 'enabled' ? 'disabled' : 'enabled';
  return (
    <tr>
      <th scope="row">
        {name} <span className="quiet small">{id}</span>
        <div className="quiet small">
          {kind}
          {unit !== null && ` · ${unit.name}`}
          {url !== null && ` · ${url}`}
        </div>
      </th>
      <td>{t(`doors.way.${direction}`)}</td>
      <td>
        <span aria-hidden="true">{healthSigns[health.state]}</span> {t(`doors.health.${health.state}`)}
        {(integration.disabledReason ?? health.lastError) !== null && health.state !== 'ok' && (
          <div className="quiet small">{integration.disabledReason ?? health.lastError}</div>
        )}
      </td>
      <td>
        {health.lastSuccessAt === null ? (
          <span className="quiet">{t('keepers.never')}</span>
        ) : (
          formatMoment(health.lastSuccessAt, nowMs)
        )}
      </td>
      <td>
        {health.queued}
        {health.lagSeconds > 0 && (
          <span className="quiet small"> {t('doors.lag', { n: health.lagSeconds })}</span>
        )}
      </td>
      <td>{health.dead + health.failedIn}</td>
      {mayEdit && (
        <td className="keeper-acts">
          <button
            type="button"
            className="button small"
            disabled={change.isPending}
            onClick={() => change.mutate({ id, state: other })}
          >
            {t(other === 'enabled' ? 'doors.enable' : 'doors.disable')}
          </button>
          {direction !== 'in' && state === 'enabled' && (
            <button
              type="button"
              className="button small"
              disabled={ping.isPending}
              onClick={() => ping.mutate(id)}
            >
              {t('doors.ping')}
            </button>
          )}
          <button
            type="button"
            className="button small"
            disabled={remove.isPending}
            onClick={() => (isSure ? remove.mutate(id) : setSure(true))}
            onBlur={() => setSure(false)}
          >
            {t(isSure ? 'doors.removeSure' : 'doors.remove')}
          </button>
          {error !== null && (
            <p className="error-line" role="alert">
              {describeError(error, t)}
            </p>
          )}
        </td>
      )}
    </tr>
  );
}
