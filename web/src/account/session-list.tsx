import { useId } from 'react';
import { endAllSessions, endOwnSession, useAccountAct, useOwnSessions } from '../api/account.ts';
import { describeError } from '../api/describe-error.ts';
import { formatMoment } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';

const nowPeriodMs = 30_000;

export function SessionList() {
  const { t } = useLanguage();
  const title = useId();
  const sessions = useOwnSessions();
  const end = useAccountAct(endOwnSession);
  const endAll = useAccountAct(endAllSessions);
  const nowMs = useNow(nowPeriodMs);
  const error = sessions.error ?? end.error ?? endAll.error;
  return (
    <section className="account-card" aria-labelledby={title}>
      <h2 id={title}>{t('account.sessions')}</h2>
      {error !== null && (
        <p className="error-line" role="alert">
          {describeError(error, t)}
        </p>
      )}
      <ul className="account-sessions">
        {sessions.data?.map((session) => (
          <li key={session.id}>
            <span>
              <b>{session.ip ?? '–'}</b> <span className="quiet">{session.agent ?? ''}</span>
              <br />
              {t('account.used', { at: formatMoment(session.usedAt, nowMs) })}
            </span>
            {session.isThis ? (
              <span className="state">{t('account.thisSession')}</span>
            ) : (
              <button
                type="button"
                className="button small"
                disabled={end.isPending}
                onClick={() => end.mutate(session.id)}
              >
                {t('account.endSession')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <button
        type="button"
        className="button"
        disabled={endAll.isPending}
        onClick={() => endAll.mutate(undefined)}
      >
        {t('account.endAll')}
      </button>
    </section>
  );
}
