import { useRef, useState } from 'react';
import { describeError } from '../api/describe-error.ts';
import type { CandidateDetail } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { describeVerdict } from './describe-verdict.ts';
import { type Draft, type Drafts, emptyDraft, listMissingChecks, useDrafts } from './drafts.ts';
import { type DecisionOutcome, useDecision, type Verdict } from './use-decision.ts';
import { type LeaseHandle, useLease } from './use-lease.ts';
import { type ShownStills, useShownStills } from './use-shown-stills.ts';

export interface ReviewDesk {
  readonly draft: Draft;
  readonly lease: LeaseHandle;
  readonly stills: ShownStills;
  readonly isBusy: boolean;
  /** Why no decision can be made now; `null` when one can. */
  readonly blocked: string | null;
  readonly failure: string | null;
  readonly changeDraft: (change: (draft: Draft) => Draft) => void;
  readonly fail: (message: string) => void;
  /** Answers whether it was sent or cannot be: `other` without a note is not. */
  readonly decide: (verdict: Verdict) => Promise<boolean>;
}

/** The work on the one candidate that is open: its lease, its draft, its decision. */
export function useReviewDesk(options: {
  readonly id: string | null;
  readonly detail: CandidateDetail | undefined;
  readonly mayDecide: boolean;
  readonly announce: (message: string) => void;
  readonly onDecided: (id: string, outcome: Extract<DecisionOutcome, { kind: 'decided' }>) => void;
}): ReviewDesk {
  const { id, detail, announce } = options;
  const { t } = useLanguage();
  const drafts: Drafts = useDrafts();
  const [failed, setFailed] = useState<{ readonly id: string; readonly message: string } | null>(null);
  const isOpen = detail !== undefined && (detail.state === 'pending_review' || detail.state === 'in_review');
  const lease = useLease(id, isOpen && options.mayDecide);
  const stills = useShownStills(detail, lease.state);
  const decision = useDecision(lease);
  const isSending = useRef(false);
  const draft = id === null ? emptyDraft : drafts.get(id);

  const findBlock = (): string | null => {
    if (detail === undefined) return null;
    if (!options.mayDecide) return t('blocked.role');
    if (!isOpen) return t('blocked.decided', { state: t(`candidateState.${detail.state}`) });
    if (lease.state.status === 'elsewhere' || lease.state.status === 'lost') return t('blocked.lease');
    return null;
  };
  const blocked = findBlock();

  const fail = (message: string) => {
    if (id !== null) setFailed({ id, message });
    announce(message);
  };

  /** What the server would refuse anyway, in words that say what to do. */
  const findLack = (verdict: Verdict, target: CandidateDetail): string | null => {
    if (verdict.kind === 'rejected')
      return verdict.reason === 'other' && draft.note.trim() === '' ? t('blocked.note') : null;
    if (verdict.kind !== 'confirmed') return null;
    if (target.evidence === null) return t('blocked.evidence');
    const missing = listMissingChecks(draft);
    const listed = (words: readonly string[]) => words.join(t('listComma'));
    if (missing.length > 0)
      return t('blocked.checks', { checks: listed(missing.map((check) => t(`check.${check}`))) });
    if (target.needsDriverAbsent && !draft.driverAbsent && target.secondLook?.look !== 'still_there')
      return t('blocked.driver');
    if (stills.missing.length > 0)
      return t('blocked.stills', { stills: listed(stills.missing.map((moment) => t(`moment.${moment}`))) });
    if (draft.track === 'penalty' && target.penaltyItemsMissing.length > 0)
      return t('blocked.penalty', {
        items: listed(target.penaltyItemsMissing.map((item) => t(`attestation.${item}`))),
      });
    return null;
  };

  const send = async (target: CandidateDetail, verdict: Verdict) => {
    isSending.current = true;
    const outcome = await decision.decide(target, draft, verdict).finally(() => {
      isSending.current = false;
    });
    switch (outcome.kind) {
      case 'decided':
        setFailed(null);
        drafts.drop(target.id);
        announce(describeVerdict(verdict, t));
        options.onDecided(target.id, outcome);
        return;
      case 'changed':
        // What was signed is no longer what is shown: the signatures go, the note stays.
        drafts.change(target.id, (current) => ({ ...current, checks: emptyDraft.checks }));
        fail(t('outcome.changed', { message: outcome.error.message }));
        return;
      case 'refused':
        // A lost lease is said, as an alert, where the lease stands.
        if (outcome.isLeaseLost) setFailed(null);
        else fail(describeError(outcome.error, t));
        return;
    }
  };

  return {
    draft,
    lease,
    stills,
    isBusy: decision.isBusy,
    blocked,
    failure: failed?.id === id ? failed.message : null,
    fail,
    changeDraft: (change) => {
      if (id !== null) drafts.change(id, change);
    },
    decide: async (verdict) => {
      if (detail === undefined || isSending.current) return false;
      const lack = blocked ?? findLack(verdict, detail);
      if (lack === null) await send(detail, verdict);
      else fail(lack);
      return lack === null || blocked !== null || verdict.kind !== 'rejected';
    },
  };
}
