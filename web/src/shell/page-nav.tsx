import { NavLink, useLocation } from 'react-router';
import type { Summary } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import type { PageName } from './pages-by-role.ts';
import { Popover } from './popover.tsx';

/** As many pages as stand beside each other on a desk's screen; the others are one step further. */
const maxInBar = 4;
const closedStates = new Set(['closed', 'voided', 'not_accepted', 'not_registered', 'merged']);

export function PageNav({
  pages,
  summary,
}: {
  readonly pages: readonly PageName[];
  readonly summary: Summary | undefined;
}) {
  const { t } = useLanguage();
  const { pathname } = useLocation();
  const rest = pages.slice(maxInBar);
  const current = rest.find((page) => pathname.startsWith(`/${page}`));
  return (
    <nav className="page-nav" aria-label={t('nav.title')}>
      {pages.slice(0, maxInBar).map((page) => (
        <NavLink key={page} to={`/${page}`}>
          {t(`nav.${page}`)} <Count value={toCount(page, summary)} />
        </NavLink>
      ))}
      {rest.length > 0 && (
        <div className={current === undefined ? 'nav-more' : 'nav-more active'}>
          {/* Another page closes it. */}
          <Popover
            key={pathname}
            label={`${current === undefined ? t('nav.more') : t(`nav.${current}`)} ▾`}
            title={t('nav.more')}
          >
            <ul className="nav-list">
              {rest.map((page) => (
                <li key={page}>
                  <NavLink to={`/${page}`}>{t(`nav.${page}`)}</NavLink>
                </li>
              ))}
            </ul>
          </Popover>
        </div>
      )}
    </nav>
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
    case 'indicators':
    case 'registries':
    case 'cameras':
    case 'wall':
    case 'integrations':
    case 'accounts':
    case 'keys':
    case 'audit':
    default:
      return null;
  }
}
