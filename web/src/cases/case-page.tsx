import { Link, useParams } from 'react-router';
import { useCase } from '../api/cases.ts';
import { describeError } from '../api/describe-error.ts';
import { useSession } from '../api/session.ts';
import type { CaseDetail } from '../api/types.ts';
import { formatClock, formatFull } from '../format/time.ts';
import { useNow } from '../format/use-now.ts';
import { useLanguage } from '../i18n/language.tsx';
import { useClassName } from '../i18n/offence-name.ts';
import { StillPicture } from '../picture/still-picture.tsx';
import { CaseActions } from './case-actions.tsx';
import { toPlace } from './case-place.ts';
import { CoordinationThread } from './coordination-thread.tsx';
import { DeadlineMark } from './deadline-mark.tsx';
import { findAfterPhoto, toPhotoUrl } from './flow-photos.ts';
import { FlowTimeline } from './flow-timeline.tsx';
import { maySeePenaltyTrack, PenaltyTrack } from './penalty-track.tsx';

const nowPeriodMs = 15_000;

export function CasePage() {
  const { t } = useLanguage();
  const { caseNo = '' } = useParams();
  const query = useCase(caseNo);
  if (query.data !== undefined) return <CaseView detail={query.data} />;
  return (
    <main className="page-note">
      {query.error === null ? (
        t('loading')
      ) : (
        <p role="alert">{t('error.load', { message: describeError(query.error, t) })}</p>
      )}
      <Link to="/cases">{t('case.back')}</Link>
    </main>
  );
}

function CaseView({ detail }: { readonly detail: CaseDetail }) {
  const { t } = useLanguage();
  const className = useClassName();
  const nowMs = useNow(nowPeriodMs);
  const { data: user } = useSession();
  const after = findAfterPhoto(detail.flow);
  return (
    <main className="case-page">
      <div className="case-main">
        <header className="case-head">
          <Link to="/cases">← {t('case.back')}</Link>
          <h1>
            <span className="case-no">{detail.caseNo}</span> {className(detail)}
          </h1>
          <p>
            <span className="state">{t(`caseState.${detail.state}`)}</span>
            {detail.level === 'urgent' && <span className="tag urgent">▲ {t('level.urgent')}</span>}
            <DeadlineMark summary={detail} nowMs={nowMs} />
          </p>
        </header>
        <dl className="case-facts">
          <div>
            <dt>{t('case.place')}</dt>
            <dd>
              {toPlace(detail)}
              {detail.zone !== null && ` · ${t('facts.zone', { zone: detail.zone })}`}
              {detail.outsideCoverage && <span className="tag">{t('case.outside')}</span>}
            </dd>
          </div>
          <div>
            <dt>{t('case.unit')}</dt>
            <dd>{detail.unit?.name ?? t('case.noUnit')}</dd>
          </div>
          <div>
            <dt>{t('case.limit')}</dt>
            <dd>
              {detail.limit === null
                ? t('case.noLimit')
                : `${detail.limit.value} ${t(`limitUnit.${detail.limit.unit}`)}`}
            </dd>
          </div>
          <div>
            <dt>{t('case.created')}</dt>
            <dd>{formatFull(detail.createdAt)}</dd>
          </div>
          {detail.omission !== null && (
            <div>
              <dt>{t('case.omission')}</dt>
              <dd>{t(`omission.${detail.omission}`)}</dd>
            </div>
          )}
          {detail.candidateId !== null && (
            <div>
              <dt>{t('case.candidate')}</dt>
              <dd>
                <Link to={`/review/${encodeURIComponent(detail.candidateId)}`}>
                  {t('case.openCandidate')}
                </Link>
              </dd>
            </div>
          )}
        </dl>
        <div className="case-stills">
          {detail.stills.map((still) => (
            <figure key={still.moment}>
              <a href={still.originalUrl} target="_blank" rel="noreferrer">
                <StillPicture
                  url={still.originalUrl}
                  alt={t('case.still', {
                    moment: t(`moment.${still.moment}`),
                    at: formatFull(still.capturedAt),
                  })}
                  width={still.width}
                  height={still.height}
                  zone={null}
                  box={still.box}
                  overlay
                />
              </a>
              <figcaption>
                {t(`moment.${still.moment}`)}{' '}
                <time dateTime={still.capturedAt}>{formatClock(still.capturedAt)}</time>
              </figcaption>
            </figure>
          ))}
          {after !== undefined && (
            <figure>
              <a href={toPhotoUrl(after)} target="_blank" rel="noreferrer">
                <img className="after-photo" src={toPhotoUrl(after)} alt={t('task.after')} />
              </a>
              <figcaption>{t('task.after')}</figcaption>
            </figure>
          )}
        </div>
        {detail.brokenFlow !== null && (
          <p className="error-line" role="alert">
            {t('flow.broken', { seq: detail.brokenFlow })}
          </p>
        )}
        <CoordinationThread detail={detail} />
        <CaseActions detail={detail} />
        {detail.penaltyTrack && maySeePenaltyTrack(user) && <PenaltyTrack caseNo={detail.caseNo} />}
      </div>
      <FlowTimeline flow={detail.flow} />
    </main>
  );
}
