import type { CandidateDetail } from '../api/types.ts';
import { formatClock } from '../format/time.ts';
import { useLanguage } from '../i18n/language.tsx';

/** What has come since the candidate was first looked at: a second look, an answer, the first of two signatures. */
export function FindingLines({ detail }: { readonly detail: CandidateDetail }) {
  const { t } = useLanguage();
  const { secondLook, evidenceRequest } = detail;
  return (
    <>
      {detail.stage === 2 && <p className="finding">{t('finding.second')}</p>}
      {secondLook !== null && (
        <p className="finding">
          <b>{t(`look.${secondLook.look}`)}</b>{' '}
          {secondLook.graceUntil !== null &&
            t('finding.grace', {
              until: formatClock(secondLook.graceUntil),
              seen: formatClock(secondLook.lastSeen),
            })}
        </p>
      )}
      {evidenceRequest !== null && (
        <p className="finding">
          <b>{t(`want.${evidenceRequest.wants}`)}</b>{' '}
          {evidenceRequest.answer === null
            ? t('finding.waiting', { by: evidenceRequest.by })
            : t('finding.answer', { by: evidenceRequest.answer.by, note: evidenceRequest.answer.note })}
        </p>
      )}
    </>
  );
}
