import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Navigate, Route, Routes, useLocation } from 'react-router';
import { useLiveEvents } from './api/events.ts';
import { useSession } from './api/session.ts';
import type { User } from './api/types.ts';
import { useLanguage } from './i18n/language.tsx';
import { LoginPage } from './shell/login-page.tsx';
import { PageBoundary } from './shell/page-boundary.tsx';
import { listPages } from './shell/pages-by-role.ts';
import { TopBar } from './shell/top-bar.tsx';

/** Each page is fetched when it is opened: nobody opens all of them. */
const loadReview = () => import('./review/review-page.tsx');
const AccountPage = lazy(() =>
  import('./account/account-page.tsx').then((page) => ({ default: page.AccountPage })),
);
const AccountsPage = lazy(() =>
  import('./keepers/accounts-page.tsx').then((page) => ({ default: page.AccountsPage })),
);
const AuditPage = lazy(() =>
  import('./keepers/audit-page.tsx').then((page) => ({ default: page.AuditPage })),
);
const CamerasPage = lazy(() =>
  import('./cameras/cameras-page.tsx').then((page) => ({ default: page.CamerasPage })),
);
const CasePage = lazy(() => import('./cases/case-page.tsx').then((page) => ({ default: page.CasePage })));
const CasesPage = lazy(() => import('./cases/cases-page.tsx').then((page) => ({ default: page.CasesPage })));
const IndicatorsPage = lazy(() =>
  import('./indicators/indicators-page.tsx').then((page) => ({ default: page.IndicatorsPage })),
);
const IntegrationsPage = lazy(() =>
  import('./doors/integrations-page.tsx').then((page) => ({ default: page.IntegrationsPage })),
);
const KeysPage = lazy(() => import('./keepers/keys-page.tsx').then((page) => ({ default: page.KeysPage })));
const RegistriesPage = lazy(() =>
  import('./registries/registries-page.tsx').then((page) => ({ default: page.RegistriesPage })),
);
const ReviewPage = lazy(() => loadReview().then((page) => ({ default: page.ReviewPage })));
const TaskPage = lazy(() => import('./task/task-page.tsx').then((page) => ({ default: page.TaskPage })));
const TasksPage = lazy(() => import('./task/tasks-page.tsx').then((page) => ({ default: page.TasksPage })));
const WallPage = lazy(() => import('./wall/wall-page.tsx').then((page) => ({ default: page.WallPage })));

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
        <PageFrame>
          <AccountPage user={session.data} />
        </PageFrame>
      </div>
    );
  return <LoggedIn user={session.data} />;
}

/** Where a page appears once its code is there. */
function PageFrame({ children }: { readonly children: ReactNode }) {
  const { t } = useLanguage();
  return (
    <PageBoundary>
      <Suspense fallback={<main className="page-note">{t('loading')}</main>}>{children}</Suspense>
    </PageBoundary>
  );
}

function LoggedOut() {
  const location = useLocation();
  // Whoever reviews waits for pictures, not for code: it comes while the password is typed.
  useEffect(() => {
    loadReview().catch(() => undefined); // the page says so itself when it is opened
  }, []);
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
  if (location.pathname === '/wall')
    return (
      <PageFrame>
        <WallPage live={live} />
      </PageFrame>
    );
  return (
    <div className="shell">
      <TopBar user={user} live={live} />
      {/* What went wrong with one page stays with it. */}
      <PageFrame key={location.pathname.split('/')[1]}>
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
      </PageFrame>
    </div>
  );
}

/** Where someone wanted to go before the login came between; the bare start page is nobody's wish. */
function toReturnPath(state: unknown): string | null {
  if (typeof state !== 'object' || state === null || !('from' in state)) return null;
  const { from } = state;
  return typeof from === 'string' && from.startsWith('/') && from !== '/' && from !== '/login' ? from : null;
}
