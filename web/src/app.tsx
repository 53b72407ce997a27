import { Navigate, Route, Routes, useLocation } from 'react-router';
import { AccountPage } from './account/account-page.tsx';
import { useLiveEvents } from './api/events.ts';
import { useSession } from './api/session.ts';
import type { User } from './api/types.ts';
import { CamerasPage } from './cameras/cameras-page.tsx';
import { CasePage } from './cases/case-page.tsx';
import { CasesPage } from './cases/cases-page.tsx';
import { IntegrationsPage } from './doors/integrations-page.tsx';
import { useLanguage } from './i18n/language.tsx';
import { IndicatorsPage } from './indicators/indicators-page.tsx';
import { AccountsPage } from './keepers/accounts-page.tsx';
import { AuditPage } from './keepers/audit-page.tsx';
import { KeysPage } from './keepers/keys-page.tsx';
import { RegistriesPage } from './registries/registries-page.tsx';
import { ReviewPage } from './review/review-page.tsx';
import { LoginPage } from './shell/login-page.tsx';
import { listPages } from './shell/pages-by-role.ts';
import { TopBar } from './shell/top-bar.tsx';
import { TaskPage } from './task/task-page.tsx';
import { TasksPage } from './task/tasks-page.tsx';
import { WallPage } from './wall/wall-page.tsx';

export function App() {
  const { t } = useLanguage();
  const session = useSession();
  if (session.isPending) return <p className="page-note">{t('loading')}</p>;
  if (session.data === undefined)
    return (
      <main className="page-note" role="alert">
        <p>{t('error.offline')}</p>
        <button type="button" className="button" onClick={() => void session.refetch()}>
          {t('retry')}
        </button>
      </main>
    );
  if (session.data === null) return <LoggedOut />;
  // Nothing but the own account is open until this is done.
  if (session.data.duty !== null)
    return (
      <div className="shell">
        <header className="top-bar">
          <b>{t('app.name')}</b>
        </header>
        <AccountPage user={session.data} />
      </div>
    );
  return <LoggedIn user={session.data} />;
}

function LoggedOut() {
  const location = useLocation();
  return (
    <Routes>
      <Route path="/login" element={<LoginPage />} />
      <Route
        path="*"
        element={<Navigate to="/login" replace state={{ from: `${location.pathname}${location.search}` }} />}
      />
    </Routes>
  );
}

function LoggedIn({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const live = useLiveEvents();
  const location = useLocation();
  const state: unknown = location.state;
  const home = `/${listPages(user)[0] ?? 'cases'}`;
  // The wall has the whole screen to itself.
  if (location.pathname === '/wall') return <WallPage live={live} />;
  return (
    <div className="shell">
      <TopBar user={user} live={live} />
      <Routes>
        <Route path="/" element={<Navigate to={home} replace />} />
        <Route path="/login" element={<Navigate to={toReturnPath(state) ?? home} replace />} />
        <Route path="/review/:candidateId?" element={<ReviewPage user={user} />} />
        <Route path="/cases" element={<CasesPage />} />
        <Route path="/cases/:caseNo" element={<CasePage />} />
        <Route path="/task" element={<TasksPage user={user} />} />
        <Route path="/task/:caseNo" element={<TaskPage />} />
        <Route path="/account" element={<AccountPage user={user} />} />
        <Route path="/accounts" element={<AccountsPage user={user} />} />
        <Route path="/keys" element={<KeysPage user={user} />} />
        <Route path="/integrations" element={<IntegrationsPage user={user} />} />
        <Route path="/audit" element={<AuditPage />} />
        <Route path="/indicators" element={<IndicatorsPage user={user} />} />
        <Route path="/registries/:name?" element={<RegistriesPage />} />
        <Route path="/cameras" element={<CamerasPage user={user} />} />
        <Route path="*" element={<main className="page-note">{t('error.noPage')}</main>} />
      </Routes>
    </div>
  );
}

/** Where someone wanted to go before the login came between; the bare start page is nobody's wish. */
function toReturnPath(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('from' in state)) return null;
  const { from } = state;
  return typeof from === 'string' && from.startsWith('/') && from !== '/' && from !== '/login' ? from : null;
}
