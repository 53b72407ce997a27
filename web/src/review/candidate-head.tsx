import { Link } from 'react-router';
import { RequestError } from '../api/client.ts';
import { describeError } from '../api/describe-error.ts';
import type { CandidateDetail } from '../api/types.ts';
import { formatClock } from '../format/time.ts';
import { type Translate, useLanguage } from '../i18n/language.tsx';
import { useOffenceName } from '../i18n/offence-name.ts';
import type { LeaseState } from './use-lease.ts';

/** What it is and where, and who holds it. */
export function CandidateHead({
  detail,
  lease,
  onTake,
}: {
  readonly detail: CandidateDetail;
  readonly lease: LeaseState;
  readonly onTake: () => void;
}) {
  const { t } = useLanguage();
  const offenceName = useOffenceName();
  return (
    <header className="candidate-head">
      <h1>{offenceName(detail.offence)}</h1>
      <p className="candidate-place">
        {detail.camera.name} · {t('facts.zone', { zone: detail.zone })}
      </p>
      <span className={`state state-${detail.state}`}>{t(`candidateState.${detail.state}`)}</span>
      {detail.caseNo !== null && (
        <Link className="state" to={`/cases/${encodeURIComponent(detail.caseNo)}`}>
          {t('review.case', { caseNo: detail.caseNo })}
        </Link>
      )}
      {detail.mergedInto !== null && (
        <Link className="state" to={`/review/${encodeURIComponent(detail.mergedInto)}`}>
          {t('review.mergedInto')}
        </Link>
      )}
      {detail.merged.map((id, index) => (
        <Link key={id} className="state" to={`/review/${encodeURIComponent(id)}`}>
          {t('review.mergedHere', { n: index + 1 })}
        </Link>
      ))}
      <LeaseLine lease={lease} onTake={onTake} />
    </header>
  );
}

function LeaseLine({ lease, onTake }: { readonly lease: LeaseState; readonly onTake: () => void }) {
  const { t } = useLanguage();
  switch (lease.status) {
    case 'none':
      return null;
    case 'taking':
      return <span className="lease quiet">{t('lease.taking')}</span>;
    case 'held':
      return <span className="lease">{t('lease.held', { until: formatClock(lease.lease.until) })}</span>;
    case 'elsewhere':
    case 'lost':
    case 'failed':
    default:
      return (
        <span className="lease lease-bad" role="alert">
          <span>
            {t(`lease.${lease.status}`)}{' '}
            <span className="lease-message">{describeRefusal(lease.error, t)}</span>
          </span>
          <button type="button" className="button small" onClick={onTake}>
            {t('lease.take')} <kbd>L</kbd>
          </button>
        </span>
      );
  }
}

/** Who holds it and until when, where the server says so apart from its line of text. */
function describeRefusal(error: Error, t: Translate): string {
  if (error instanceof RequestError && error.code === 'lease_lost') {
    const { by, until } = error.details;
    if (typeof by === 'string' && typeof until === 'string')
      return t('lease.heldBy', { by, until: formatClock(until) });
    return error.message;
  }
  return describeError(error, t);
}
