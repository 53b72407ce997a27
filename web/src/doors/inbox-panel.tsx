import { useId, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import { type InboxMessage, type InboxState, replayInbox, useInbox } from '../api/integrations.ts';
import { useKeeperAct } from '../api/keepers.ts';
import { queryKeys } from '../api/query-keys.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { StateChoice } from './state-choice.tsx';

const nowPeriodMs = 15_000;
const states: readonly InboxState[] = ['failed', 'refused', 'applied'];

/** What other systems have brought, and what came of it; what failed first, for it may be applied once more. */
export function InboxPanel({ mayEdit }: { readonly mayEdit: boolean }) {
  const { t } = useLanguage();
  const title = useId();
  const [state, setState] = useState<InboxState>('failed');
  const inbox = useInbox(state);
  return (
    <section aria-labelledby={title}>
      <header className="page-head">
        <h2 id={title}>{t('doors.inbox')}</h2>
        {inbox.data !== undefined && <span className="quiet">{inbox.data.length}</span>}
      </header>
      <StateChoice
        label={t('doors.inbox')}
        states={states}
        chosen={state}
        toName={(each) => t(`doors.inbox.${each}`)}
        onChoose={setState}
      />
      {inbox.error !== null && (
        <p className="error-line" role="alert">
          {describeError(inbox.error, t)}
        </p>
      )}
      {inbox.isPending && <p className="quiet">{t('loading')}</p>}
      {inbox.data?.length === 0 && <p className="page-note quiet">{t('doors.noMessages')}</p>}
      {inbox.data !== undefined && inbox.data.length > 0 && (
        <div className="table-frame">
          <table className="case-table keeper-table">
            <thead>
              <tr>
                <th scope="col">{t('doors.message')}</th>
                <th scope="col">{t('doors.from')}</th>
                <th scope="col">{t('doors.received')}</th>
                <th scope="col">{t('doors.attempts')}</th>
                <th scope="col">{t('doors.outcome')}</th>
                <th scope="col">{t('keepers.acts')}</th>
              </tr>
            </thead>
            <tbody>
              {inbox.data.map((message) => (
                <InboxRow key={`${message.integration} ${message.id}`} message={message} mayEdit={mayEdit} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function InboxRow({ message, mayEdit }: { readonly message: InboxMessage; readonly mayEdit: boolean }) {
  const { t } = useLanguage();
  const nowMs = useNow(nowPeriodMs);
  const replay = useKeeperAct(queryKeys.integrations, replayInbox);
  const [isOpen, setOpen] = useState(false);
  return (
    <tr>
      <th scope="row">
        {message.type}
        <div className="quiet small">{message.id}</div>
        {isOpen && <pre className="message-payload">{JSON.stringify(message.data, null, 2)}</pre>}
      </th>
      <td>{message.integration}</td>
      <td>
        <time dateTime={message.receivedAt}>{formatMoment(message.receivedAt, nowMs)}</time>
      </td>
      <td>{message.attempts}</td>
      <td>{message.result}</td>
      <td className="keeper-acts">
        <button
          type="button"
          className="button small"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {t(isOpen ? 'doors.hide' : 'doors.show')}
        </button>
        {mayEdit && message.state !== 'applied' && (
          <button
            type="button"
            className="button small"
            disabled={replay.isPending}
            onClick={() => replay.mutate(message)}
          >
            {t('doors.applyAgain')}
          </button>
        )}
        {replay.data !== undefined && replay.data.state !== 'applied' && (
          <p className="error-line" role="alert">
            {replay.data.result}
          </p>
        )}
        {replay.error !== null && (
          <p className="error-line" role="alert">
            {describeError(replay.error, t)}
          </p>
        )}
      </td>
    </tr>
  );
}
