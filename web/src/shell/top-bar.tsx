import { Link, NavLink } from 'react-router';
import { describeError } from '../api/describe-error.ts';
import type { LiveState } from '../api/events.ts';
import { useLogout } from '../api/session.ts';
import { useSummary } from '../api/status.ts';
import type { Summary, User } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { CameraHealth } from './camera-health.tsx';
import { LanguageSwitch } from './language-switch.tsx';
import { listPages, type PageName } from './pages-by-role.ts';
import { Popover } from './popover.tsx';

const closedStates = new Set(['closed', 'voided', 'not_accepted', 'not_registered', 'merged']);

export function TopBar({ user, live }: { readonly user: User; readonly live: LiveState }) {
  const { t } = useLanguage();
  const summary = useSummary();
  const logout = useLogout();
  const pages = listPages(user);
  // A squad has no use for the cameras' health, and no room for it on a phone.
  const isSquad = pages.length === 1 && pages[0] === 'task';
  return (
    <header className="top-bar">
      <span className="brand">
        <img src="/mark.svg" alt="" width={24} height={24} />
        <b>{t('app.name')}</b>
      </span>
      {pages.length > 1 && (
        <nav className="page-nav" aria-label={t('nav.title')}>
          {pages.map((page) => (
            <NavLink key={page} to={`/${page}`}>
              {t(`nav.${page}`)} <Count value={toCount(page, summary.data)} />
            </NavLink>
          ))}
        </nav>
      )}
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

/** Nothing, not zero, where the number is not known. */
function Count({ value }: { readonly value: number | null }) {
  return value === null ? null : <span className="count">{value}</span>;
}

function toCount(page: PageName, summary: Summary | undefined): number | null {
  if (summary === undefined) return null;
  switch (page) {
    case 'review':
      return (summary.candidates.pending_review ?? 0) + (summary.candidates.in_review ?? 0);
    case 'cases':
      return Object.entries(summary.cases).reduce(
        (sum, [state, n]) => (closedStates.has(state) ? sum : sum + n),
        0,
      );
    case 'task':
    case 'accounts':
    case 'keys':
    case 'audit':
    default:
      return null;
  }
}
