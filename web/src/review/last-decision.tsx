import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { useCandidate } from '../api/candidates.ts';
import { useLanguage } from '../i18n/language.tsx';
import { describeVerdict } from './describe-verdict.ts';
import type { Verdict } from './use-decision.ts';

const refreshMs = 1_500;
/** As long after a decision a case is looked for; a second review or a comparison brings none. */
const patienceMs = 20_000;

/** What the last decision was, and the case that has come of it once the undo window is over. */
export function LastDecision({ id, verdict }: { readonly id: string; readonly verdict: Verdict }) {
  const { t } = useLanguage();
  const [isPatient, setIsPatient] = useState(true);
  const wantsCase = verdict.kind === 'confirmed';
  const candidate = useCandidate(wantsCase ? id : null, isPatient && refreshMs);
  const caseNo = candidate.data?.caseNo ?? null;
  useEffect(() => {
    setIsPatient(wantsCase && caseNo === null);
    const timer = window.setTimeout(() => setIsPatient(false), patienceMs);
    return () => window.clearTimeout(timer);
  }, [wantsCase, caseNo]);
  return (
    <p className="outcome">
      {describeVerdict(verdict, t)}
      {caseNo !== null && (
        <>
          {' '}
          {t('outcome.case')} <Link to={`/cases/${encodeURIComponent(caseNo)}`}>{caseNo}</Link>
        </>
      )}
    </p>
  );
}
