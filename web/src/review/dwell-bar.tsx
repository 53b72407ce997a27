import type { CandidateDetail } from '../api/types.ts';
import { formatDuration } from '../format/duration.ts';
import { toDwellPercentages } from '../format/dwell-shares.ts';
import { useLanguage } from '../i18n/language.tsx';

const shareNames = ['seen', 'bridged', 'unknown'] as const;

/** How long it stood there against the rule's two thresholds, and how much of that time was really seen. */
export function DwellBar({ detail }: { readonly detail: CandidateDetail }) {
  const { language, t } = useLanguage();
  const percentages = toDwellPercentages(detail.dwell);
  const msByName = {
    seen: detail.dwell.seenMs,
    bridged: detail.dwell.bridgedMs,
    unknown: detail.dwell.unknownMs,
  };
  const summary = shareNames.map((name) => `${t(`dwell.${name}`)} ${percentages[name]} %`).join(', ');
  return (
    <section className="dwell" aria-labelledby="dwell-title">
      <h3 id="dwell-title">
        {t('dwell.title')} <strong>{formatDuration(detail.dwellMs, language)}</strong>
      </h3>
      <ThresholdLine detail={detail} />
      <div className="dwell-bar" role="img" aria-label={summary}>
        {shareNames.map((name) => (
          <span key={name} className={`share share-${name}`} style={{ flexGrow: msByName[name] }} />
        ))}
      </div>
      <ul className="dwell-legend">
        {shareNames.map((name) => (
          <li key={name}>
            <span className={`swatch share-${name}`} aria-hidden="true" />
            {t(`dwell.${name}`)}
            <b>{percentages[name]} %</b>
            <span className="quiet">{formatDuration(msByName[name], language)}</span>
          </li>
        ))}
      </ul>
      <p className="quiet small">
        {t('dwell.samples', {
          seen: detail.samplesSeen,
          taken: detail.samplesTaken,
          gap: formatDuration(detail.longestGapMs, language),
        })}
      </p>
    </section>
  );
}

function ThresholdLine({ detail }: { readonly detail: CandidateDetail }) {
  const { language, t } = useLanguage();
  const scaleMs = Math.max(detail.dwellMs, detail.legalMs, 1);
  const toPlace = (ms: number) => `${((ms / scaleMs) * 100).toFixed(2)}%`;
  return (
    <div className="thresholds">
      <div className="threshold-track" aria-hidden="true">
        <span className="threshold-fill" style={{ width: toPlace(detail.dwellMs) }} />
        <span className="threshold-mark" style={{ left: toPlace(detail.onsetMs) }} />
        <span className="threshold-mark legal" style={{ left: toPlace(detail.legalMs) }} />
      </div>
      <p className="quiet small">
        {t('dwell.thresholds', {
          onset: formatDuration(detail.onsetMs, language),
          legal: formatDuration(detail.legalMs, language),
        })}
      </p>
    </div>
  );
}
