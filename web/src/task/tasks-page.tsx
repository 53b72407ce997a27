import { Link } from 'react-router';
import { useCaseList } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import type { CaseSummary, User } from '../api/types.ts';
import { toPlace } from '../cases/case-place.ts';
import { DeadlineMark } from '../cases/deadline-mark.tsx';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useClassName } from '../i18n/offence-name.ts';
import { taskGroups, taskStates, toTaskGroups } from './task-groups.ts';

const nowPeriodMs = 10_000;

/** A squad's own cases, for a phone in one hand. */
export function TasksPage({ user }: { readonly user: User }) {
  const { t } = useLanguage();
  const list = useCaseList({ unit: 'mine', state: taskStates });
  const nowMs = useNow(nowPeriodMs);
  const groups = toTaskGroups(list.data?.pages.flatMap((page) => page.items) ?? []);
  return (
    <main className="tasks">
      <header className="task-head">
        <h1>{user.unit?.name ?? t('tasks.title')}</h1>
        <button
          type="button"
          className="button"
          disabled={list.isFetching}
          onClick={() => void list.refetch()}
        >
          {t(list.isFetching ? 'loading' : 'tasks.refresh')}
        </button>
      </header>
      {user.unit === null && <p className="page-note">{t('tasks.noUnit')}</p>}
      {list.error !== null && (
        <p className="error-line" role="alert">
          {t('error.load', { message: describeError(list.error, t) })}
        </p>
      )}
      {taskGroups
        .filter((group) => group !== 'to_advise' || groups.to_advise.length > 0)
        .map((group) => (
          <section key={group} aria-labelledby={`group-${group}`}>
            <h2 id={`group-${group}`}>
              {t(`tasks.${group}`)}{' '}
              <span className="count">{list.data === undefined ? '–' : groups[group].length}</span>
            </h2>
            {list.data !== undefined && groups[group].length === 0 && (
              <p className="quiet">{t('tasks.none')}</p>
            )}
            <ul>
              {groups[group].map((item) => (
                <TaskCard key={item.caseNo} item={item} nowMs={nowMs} />
              ))}
            </ul>
          </section>
        ))}
      {list.hasNextPage && (
        <button type="button" className="button wide" onClick={() => void list.fetchNextPage()}>
          {t('cases.more')}
        </button>
      )}
    </main>
  );
}

function TaskCard({ item, nowMs }: { readonly item: CaseSummary; readonly nowMs: number }) {
  const { t } = useLanguage();
  const className = useClassName();
  return (
    <li>
      <Link className="task-card" to={`/task/${encodeURIComponent(item.caseNo)}`}>
        {item.thumbnailUrl === null ? (
          <span className="thumb thumb-none">{t('picture.none')}</span>
        ) : (
          <img className="thumb" src={item.thumbnailUrl} alt="" />
        )}
        <span className="task-text">
          <b>
            {className(item)}
            {item.level === 'urgent' && <span className="tag urgent">▲ {t('level.urgent')}</span>}
          </b>
          <span>{toPlace(item)}</span>
          <DeadlineMark summary={item} nowMs={nowMs} />
        </span>
      </Link>
    </li>
  );
}
