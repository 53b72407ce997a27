import type { ReactNode } from 'react';
import type { CandidateDetail, ReviewRecord } from '../api/types.ts';
import { formatFull } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';
import { DwellBar } from './dwell-bar.tsx';
import { FindingLines } from './finding-lines.tsx';
import { listWarnings } from './warnings.ts';

/** What is known of the candidate, and what is not. */
export function FactsPanel({
  detail,
  children,
}: {
  readonly detail: CandidateDetail;
  readonly children?: ReactNode;
}) {
  const { t } = useLanguage();
  const warnings = listWarnings(detail);
  return (
    <div className="facts">
      {warnings.length > 0 && (
        <ul className="warnings" aria-label={t('facts.warnings')}>
          {warnings.map((warning) => (
            <li key={warning} className={warning === 'no_evidence' ? 'warning severe' : 'warning'}>
              {t(`warning.${warning}`, { failure: detail.evidenceFailure ?? t('facts.reasonUnknown') })}
            </li>
          ))}
        </ul>
      )}
      {detail.review !== null && <ReviewLine review={detail.review} />}
      <FindingLines detail={detail} />
      <DwellBar detail={detail} />
      {children}
      <dl className="facts-list">
        {detail.suppressed !== null && (
          <Fact term={t('facts.held')}>
            {t(`held.${detail.suppressed.reason}`)} · {detail.suppressed.explanation}
          </Fact>
        )}
        {detail.presentSince !== detail.from && (
          <Fact term={t('facts.presentSince')}>{formatFull(detail.presentSince)}</Fact>
        )}
        {detail.round > 1 && <Fact term={t('facts.round')}>{detail.round}</Fact>}
        <Fact term={t('facts.from')}>{formatFull(detail.from)}</Fact>
        <Fact term={t('facts.raised')}>{formatFull(detail.raisedAt)}</Fact>
        <Fact term={t('facts.to')}>{detail.to === null ? t('facts.stillThere') : formatFull(detail.to)}</Fact>
        <Fact term={t('facts.rule')}>
          <code>{detail.rule.id}</code>
        </Fact>
        <Fact term={t('facts.class')}>
          {t(`class.${detail.class}`)} · {t('facts.score', { score: detail.meanScore.toFixed(2) })}
        </Fact>
        <Fact term={t('facts.clock')}>
          {detail.clockErrorMs === null
            ? t('facts.unknown')
            : `± ${(Math.abs(detail.clockErrorMs) / 1000).toFixed(1)} ${t('facts.seconds')}`}
        </Fact>
        <Fact term={t('facts.model')}>
          {detail.model === null ? (
            t('facts.noModel')
          ) : (
            <>
              {detail.model.name} <Hash value={detail.model.sha256} />
            </>
          )}
        </Fact>
        <Fact term={t('facts.scene')}>
          <Hash value={detail.sceneVersion} />
        </Fact>
        <Fact term={t('facts.evidence')}>
          {detail.evidence === null ? t('facts.unknown') : <Hash value={detail.evidence.manifestHash} />}
        </Fact>
        <Fact term={t('facts.key')}>
          {detail.evidence?.keyId ? <code>{detail.evidence.keyId}</code> : t('facts.unknown')}
        </Fact>
        <Fact term={t('facts.sealed')}>
          {detail.evidence === null ? t('facts.unknown') : formatFull(detail.evidence.sealedAt)}
        </Fact>
        {detail.evidence !== null && (
          <Fact term={t('facts.timeStamp')}>
            {detail.evidence.timeStampedAt === null
              ? (detail.evidence.timeStampFailure ?? t('facts.noTimeStamp'))
              : formatFull(detail.evidence.timeStampedAt)}
          </Fact>
        )}
      </dl>
      <p className="explanation">{detail.explanation}</p>
    </div>
  );
}

function ReviewLine({ review }: { readonly review: ReviewRecord }) {
  const { t } = useLanguage();
  return (
    <p className="review-record">
      <b>
        {t(`candidateState.${review.result}`)}
        {review.reason !== null && ` · ${t(`reason.${review.reason}`)}`}
      </b>{' '}
      {t('review.record', { reviewer: review.reviewer, at: formatFull(review.at) })}
      {review.note !== null && <span className="review-note">{review.note}</span>}
    </p>
  );
}

function Fact({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const shownDigits = 12;

/** Start of a hash; the whole of it on hover and for copying. */
function Hash({ value }: { readonly value: string }) {
  return (
    <code title={value}>{value.length > shownDigits + 4 ? `${value.slice(0, shownDigits)}…` : value}</code>
  );
}
