import { Link } from 'react-router';
import { describeError } from '../api/describe-error.ts';
import type { LiveState } from '../api/events.ts';
import { useLogout } from '../api/session.ts';
import { useSummary } from '../api/status.ts';
import type { User } from '../api/types.ts';
import { OffDutyNote, OnDutyLine } from '../cases/on-duty-line.tsx';
import { useLanguage } from '../i18n/language.tsx';
import { CameraHealth } from './camera-health.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { PageNav } from './page-nav.tsx';
import { listPages } from './pages-by-role.ts';
import { Popover } from './popover.tsx';

export function TopBar({ user, live }: { readonly user: User; readonly live: LiveState }) {
  const { t } = useLanguage();
  const summary = useSummary();
  const logout = useLogout();
  const pages = listPages(user);
  // A squad has no use for the cameras' health, and no room for it on a phone.
  const isSquad = user.roles.every((role) => role === 'officer');
  return (
    <header className="top-bar">
      <span className="brand">
        <img src="/mark.svg" alt="" width={24} height={24} />
        <b>{t('app.name')}</b>
      </span>
      {pages.length > 1 && <PageNav pages={pages} summary={summary.data} />}
      {summary.data !== undefined && summary.data.overdue > 0 && (
        <span className="tag overdue">
          <span aria-hidden="true">⚠</span> {t('nav.overdue', { n: summary.data.overdue })}
        </span>
      )}
      <span className="top-space" />
      <span className={`live live-${live}`} role="status">
        <span aria-hidden="true">{live === 'live' ? '●' : live === 'lost' ? '✕' : '?'}</span>{' '}
        <span className={live === 'live' ? 'wide-only' : undefined}>{t(`live.${live}`)}</span>
      </span>
      {!isSquad && <CameraHealth />}
      <span className="bar-language">
        <LanguageSwitch />
      </span>
      <Popover label={user.displayName} title={t('user.title')}>
        <div className="user-panel">
          <b>{user.displayName}</b> <span className="quiet">{user.username}</span>
          <p>{user.roles.map((role) => t(`role.${role}`)).join(t('listComma'))}</p>
          {user.unit !== null && <p>{user.unit.name}</p>}
          <OffDutyNote user={user} />
          <OnDutyLine />
          <Link to="/account">{t('account.title')}</Link>
          <span className="panel-language">
            <LanguageSwitch />
          </span>
          <button
            type="button"
            className="button wide"
            disabled={logout.isPending}
            onClick={() => logout.mutate()}
          >
            {t('logout')}
          </button>
          {logout.error !== null && <p className="error-line">{describeError(logout.error, t)}</p>}
        </div>
      </Popover>
    </header>
  );
}
