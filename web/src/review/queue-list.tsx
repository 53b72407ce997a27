import { useEffect, useRef } from 'react';
import { describeError } from '../api/describe-error.ts';
import { formatAge, formatDuration } from '../format/duration.ts';
import { formatClock } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useOffenceName } from '../i18n/offence-name.ts';
import type { QueueItem } from './merge-queue.ts';
import type { ReviewQueue } from './use-review-queue.ts';

const agePeriodMs = 15_000;

export function QueueList({
  queue,
  openId,
  marked,
  onOpen,
}: {
  readonly queue: ReviewQueue;
  readonly openId: string | null;
  /** For one rejection of several. */
  readonly marked: ReadonlySet<string>;
  readonly onOpen: (id: string) => void;
}) {
  const { t } = useLanguage();
  const nowMs = useNow(agePeriodMs);
  return (
    <nav className="queue" aria-label={t('queue.title')}>
      <header className="queue-head">
        <h2>{t('queue.title')}</h2>
        <span className="quiet">
          {queue.total === null ? t('queue.unknown') : t('queue.total', { n: queue.total })}
        </span>
      </header>
      {queue.waiting.length > 0 && (
        <button type="button" className="pill" onClick={queue.pullNew}>
          {t('queue.new', { n: queue.waiting.length })} <kbd>N</kbd>
        </button>
      )}
      {queue.error !== null && (
        <p className="error-line">{t('error.load', { message: describeError(queue.error, t) })}</p>
      )}
      {queue.isLoading && <p className="quiet queue-empty">{t('loading')}</p>}
      {!queue.isLoading && queue.error === null && queue.items.length === 0 && (
        <p className="quiet queue-empty">{t('queue.empty')}</p>
      )}
      <ol className="queue-items">
        {queue.items.map((item) => (
          <QueueRow
            key={item.summary.id}
            item={item}
            isOpen={item.summary.id === openId}
            isMarked={marked.has(item.summary.id)}
            nowMs={nowMs}
            onOpen={onOpen}
          />
        ))}
      </ol>
    </nav>
  );
}

function QueueRow({
  item,
  isOpen,
  isMarked,
  nowMs,
  onOpen,
}: {
  readonly item: QueueItem;
  readonly isOpen: boolean;
  readonly isMarked: boolean;
  readonly nowMs: number;
  readonly onOpen: (id: string) => void;
}) {
  const { language, t } = useLanguage();
  const offenceName = useOffenceName();
  const row = useRef<HTMLButtonElement>(null);
  const { summary, gone } = item;
  useEffect(() => {
    if (isOpen) row.current?.scrollIntoView({ block: 'nearest' });
  }, [isOpen]);
  const heldByOther = summary.lease !== null && !summary.lease.mine ? summary.lease : null;
  return (
    <li>
      <button
        ref={row}
        type="button"
        className={gone ? 'queue-row gone' : 'queue-row'}
        aria-current={isOpen ? 'true' : undefined}
        onClick={() => onOpen(summary.id)}
      >
        {summary.thumbnailUrl === null ? (
          <span className="thumb thumb-none">{t('picture.none')}</span>
        ) : (
          <img className="thumb" src={summary.thumbnailUrl} alt="" loading="lazy" />
        )}
        <span className="queue-text">
          <b>{offenceName(summary.offence)}</b>
          <span className="queue-place">
            {summary.camera.name} · {summary.zone}
          </span>
          <span className="queue-numbers">
            <span title={t('queue.dwell')}>{formatDuration(summary.dwellMs, language)}</span>
            <span title={t('queue.score')}>{summary.meanScore.toFixed(2)}</span>
            <span title={t('queue.age')}>
              {t('queue.ago', { age: formatAge(nowMs - Date.parse(summary.raisedAt), language) })}
            </span>
          </span>
          {isMarked && <span className="tag tag-marked">{t('queue.marked')}</span>}
          {summary.stage === 2 && <span className="tag">{t('queue.second')}</span>}
          {summary.escalatedAt !== null && <span className="tag">{t('queue.escalated')}</span>}
          {gone && <span className="tag">{t('queue.gone')}</span>}
          {!gone && heldByOther !== null && (
            <span className="tag" title={heldByOther.by}>
              {t('queue.heldBy', { by: heldByOther.by, until: formatClock(heldByOther.until).slice(0, 5) })}
            </span>
          )}
        </span>
      </button>
    </li>
  );
}
