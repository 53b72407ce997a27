import { type FormEvent, useId, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import {
  dropMessage,
  type OutboxMessage,
  type OutboxState,
  replayMessage,
  useOutbox,
  useOutboxPayload,
} from '../api/integrations.ts';
import { useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { StateChoice } from './state-choice.tsx';

const nowPeriodMs = 15_000;
const states: readonly OutboxState[] = ['dead', 'queued', 'delivered', 'dropped'];

/** Messages by how they fared; what was given up first, for somebody must look at it. */
export function OutboxPanel({ mayEdit }: { readonly mayEdit: boolean }) {
  const { t } = useLanguage();
  const title = useId();
  const [state, setState] = useState<OutboxState>('dead');
  const outbox = useOutbox(state);
  const [first] = outbox.data?.pages ?? [];
  const messages = outbox.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-labelledby={title}>
      <header className="page-head">
        <h2 id={title}>{t('doors.messages')}</h2>
        {first !== undefined && <span className="quiet">{first.total}</span>}
      </header>
      <StateChoice
        label={t('doors.messages')}
        states={states}
        chosen={state}
        toName={(each) => t(`doors.outbox.${each}`)}
        onChoose={setState}
      />
      {outbox.error !== null && (
        <p className="error-line" role="alert">
          {describeError(outbox.error, t)}
        </p>
      )}
      {outbox.isPending && <p className="quiet">{t('loading')}</p>}
      {outbox.data !== undefined && messages.length === 0 && (
        <p className="page-note quiet">{t('doors.noMessages')}</p>
      )}
      {messages.length > 0 && (
        <div className="table-frame">
          <table className="case-table keeper-table">
            <thead>
              <tr>
                <th scope="col">{t('doors.message')}</th>
                <th scope="col">{t('doors.to')}</th>
                <th scope="col">{t('doors.created')}</th>
                <th scope="col">{t('doors.attempts')}</th>
                <th scope="col">{t('doors.problem')}</th>
                <th scope="col">{t('keepers.acts')}</th>
              </tr>
            </thead>
            <tbody>
              {messages.map((message) => (
                <MessageRow key={message.id} message={message} mayEdit={mayEdit} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {outbox.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={outbox.isFetchingNextPage}
          onClick={() => void outbox.fetchNextPage()}
        >
          {t('doors.more')}
        </button>
      )}
    </section>
  );
}

function MessageRow({ message, mayEdit }: { readonly message: OutboxMessage; readonly mayEdit: boolean }) {
  const { t } = useLanguage();
  const nowMs = useNow(nowPeriodMs);
  const replay = useKeeperAct(queryKeys.integrations, replayMessage);
  const [isOpen, setOpen] = useState(false);
  const [isDropping, setDropping] = useState(false);
  const payload = useOutboxPayload(isOpen ? message.id : null);
  const mayReplay = mayEdit && ['dead', 'dropped'].includes(message.state);
  const mayDrop = mayEdit && ['dead', 'queued'].includes(message.state);
  return (
    <tr>
      <th scope="row">
        {message.type} <span className="quiet small">{message.orderingKey}</span>
        <div className="quiet small">{message.id}</div>
        {isOpen && payload.data !== undefined && (
          <pre className="message-payload">{JSON.stringify(payload.data.payload, null, 2)}</pre>
        )}
      </th>
      <td>{message.integration}</td>
      <td>
        <time dateTime={message.createdAt}>{formatMoment(message.createdAt, nowMs)}</time>
      </td>
      <td>{message.attempts}</td>
      <td>
        {message.lastError}
        {message.decidedBy !== null && (
          <div className="quiet small">
            {message.decidedBy} {message.decidedReason}
          </div>
        )}
      </td>
      <td className="keeper-acts">
        <button
          type="button"
          className="button small"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'doors.hide' : 'doors.show')}
        </button>
        {mayReplay && (
          <button
            type="button"
            className="button small"
            disabled={replay.isPending}
            onClick={() => replay.mutate(message.id)}
          >
            {t('doors.replay')}
          </button>
        )}
        {mayDrop && !isDropping && (
          <button type="button" className="button small" onClick={() => setDropping(true)}>
            {t('doors.drop')}
          </button>
        )}
        {isDropping && <DropForm id={message.id} onDone={() => setDropping(false)} />}
        {replay.error !== null && (
          <p className="error-line" role="alert">
            {describeError(replay.error, t)}
          </p>
        )}
      </td>
    </tr>
  );
}

function DropForm({ id, onDone }: { readonly id: string; readonly onDone: () => void }) {
  const { t } = useLanguage();
  const drop = useKeeperAct(queryKeys.integrations, dropMessage);
  const [reason, setReason] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    drop.mutate({ id, reason }, { onSuccess: onDone });
  };
  return (
    <form onSubmit={submit} className="drop-form">
      <label>
        {t('doors.dropWhy')}
        <input
          required
          autoFocus
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <button type="submit" className="button small" disabled={drop.isPending}>
        {t('doors.drop')}
      </button>
      <button type="button" className="button small" onClick={onDone}>
        {t('cancel')}
      </button>
      {drop.error !== null && (
        <p className="error-line" role="alert">
          {describeError(drop.error, t)}
        </p>
      )}
    </form>
  );
}
