import { Link } from 'react-router';
import type { LiveState } from '../api/events.ts';
import { useIndicators } from '../api/indicators.ts';
import { useCameras, useSummary } from '../api/status.ts';
import { useWall } from '../api/wall.ts';
import { formatAge } from '../format/duration.ts';
import { toServerClock } from '../format/server-clock.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { toQuestion } from '../indicators/choose-period.ts';
import { WallCameras } from './wall-cameras.tsx';
import { WallCounts } from './wall-counts.tsx';
import { WallFlow } from './wall-flow.tsx';
import { WallCandidates, WallCases } from './wall-lists.tsx';
import { WallRanking } from './wall-ranking.tsx';

const clockPeriodMs = 1_000;
/** Older than this, what hangs there is no longer how things are. */
const staleMs = 45_000;

/** 大屏: what is new, late and urgent, how the loop runs, who is punctual, which cameras see. Nothing to press, nobody's name. */
export function WallPage({ live }: { readonly live: LiveState }) {
  const { language, t } = useLanguage();
  const wall = useWall();
  const summary = useSummary();
  const cameras = useCameras();
  const nowMs = useNow(clockPeriodMs);
  const now = summary.data?.now;
  const chosen = { first: '', last: '' };
  // Each minute asks anew: often enough for a wall, seldom enough for the database.
  const all = useIndicators(toQuestion({ ...chosen, period: 'today', by: 'all' }, now));
  const units = useIndicators(toQuestion({ ...chosen, period: 'month', by: 'unit' }, now));
  const sinceMs = Math.max(0, nowMs - wall.dataUpdatedAt);
  const serverMs = wall.data === undefined ? nowMs : Date.parse(wall.data.now) + sinceMs;
  const clock = wall.data === undefined ? null : toServerClock(wall.data.now, sinceMs);
  const isStale = wall.data !== undefined && sinceMs > staleMs;
  return (
    <main className="wall">
      <header className="wall-head">
        <h1>
          <img src="/mark.svg" alt="" width={40} height={40} /> {t('wall.title')}
        </h1>
        <p className="wall-back">
          <Link to="/">{t('wall.back')}</Link>
        </p>
        <p className={`live live-${live}`} role="status">
          <span aria-hidden="true">{live === 'live' ? '●' : '✕'}</span> {t(`live.${live}`)}
        </p>
        {clock !== null && (
          <p className="wall-clock">
            {clock.date} <b>{clock.clock}</b>
          </p>
        )}
      </header>
      {(isStale || (wall.data === undefined && wall.error !== null)) && (
        <p className="wall-stale" role="alert">
          ⚠ {isStale ? t('wall.stale', { age: formatAge(sinceMs, language) }) : t('wall.away')}
        </p>
      )}
      <WallCounts summary={summary.data} row={all.data?.rows[0]} />
      <div className="wall-columns">
        <WallCandidates candidates={wall.data?.candidates} nowMs={serverMs} />
        <WallCases wall={wall.data} nowMs={serverMs} />
        <WallRanking report={units.data} />
      </div>
      <div className="wall-foot">
        <WallFlow summary={summary.data} />
        <WallCameras rows={cameras.data} isUnsure={cameras.isError} />
      </div>
    </main>
  );
}
