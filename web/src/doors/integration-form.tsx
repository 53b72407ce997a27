import { type FormEvent, useId, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { addIntegration, type NewIntegration } from '../api/integrations.ts';
import { useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import { useLanguage } from '../i18n/language.tsx';

const kinds = ['webhook', 'enforcement', 'sanitation', 'greening', 'muck_truck', 'camera_alarms'] as const;
const directions = ['out', 'in', 'both'] as const;
/** What a kind usually is sent and may send. */
const usual: Readonly<Record<string, readonly [events: string, accepts: string]>> = {
  webhook: ['case.*', ''],
  enforcement: ['', 'enforcement.status'],
  sanitation: ['case.dispatch case.reassign case.urge', 'vehicle.* worker.* garbage.* bin.*'],
  greening: ['case.dispatch case.reassign case.urge', 'worker.*'],
  muck_truck: ['', 'vehicle.*'],
  camera_alarms: ['', 'alarm.*'],
};

export function IntegrationForm({ onDone }: { readonly onDone: (secret: string | null) => void }) {
  const { t } = useLanguage();
  const title = useId();
  const add = useKeeperAct(queryKeys.integrations, addIntegration);
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [kind, setKind] = useState<string>('webhook');
  const [direction, setDirection] = useState<NewIntegration['direction']>('out');
  const [url, setUrl] = useState('');
  const [events, setEvents] = useState('case.*');
  const [accepts, setAccepts] = useState('');
  const split = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = { id, name, kind, direction, url: url === '' ? null : url };
    add.mutate(
      { ...given, events: split(events), accepts: split(accepts) },
      { onSuccess: ({ secret }) => onDone(secret) },
    );
  };
  return (
    <form className="account-card" onSubmit={submit} aria-labelledby={title}>
      <h2 id={title}>{t('doors.connect')}</h2>
      <label>
        {t('doors.name')}
        <input
          required
          autoFocus
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        {t('doors.id')}
        <input
          required
          pattern="[a-z0-9][a-z0-9\-]{0,62}"
          value={id}
          onChange={(event) => setId(event.target.value)}
        />
      </label>
      <label>
        {t('doors.kind')}
        <input
          required
          list={`${title}-kinds`}
          pattern="[a-z][a-z0-9_]{1,39}"
          value={kind}
          onChange={(event) => {
            const chosen = event.target.value;
            setKind(chosen);
            const [sends, takes] = usual[chosen] ?? [events, accepts];
            setEvents(sends);
            setAccepts(takes);
          }}
        />
        <datalist id={`${title}-kinds`}>
          {kinds.map((each) => (
            <option key={each} value={each}>
              {t(`doors.kind.${each}`)}
            </option>
          ))}
        </datalist>
      </label>
      <label>
        {t('doors.direction')}
        <select
          value={direction}
          onChange={(event) => setDirection(event.target.value as NewIntegration['direction'])}
        >
          {directions.map((each) => (
            <option key={each} value={each}>
              {t(`doors.way.${each}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('doors.url')}
        <input
          type="url"
          required={direction !== 'in'}
          maxLength={500}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </label>
      <label>
        {t('doors.events')}
        <input value={events} onChange={(event) => setEvents(event.target.value)} />
      </label>
      <label>
        {t('doors.accepts')}
        <input value={accepts} onChange={(event) => setAccepts(event.target.value)} />
      </label>
      <p className="error-line" role="alert">
        {add.error !== null && describeError(add.error, t)}
      </p>
      <div className="account-buttons">
        <button type="submit" className="button primary" disabled={add.isPending}>
          {t('doors.connect')}
        </button>
        <button type="button" className="button" onClick={() => onDone(null)}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
