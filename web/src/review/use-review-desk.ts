import { useRef, useState } from 'react';
import type { RejectReason } from '../../../domain/mod.ts';
import { describeError } from '../api/describe-error.ts';
import type { CandidateDetail } from '../api/types.ts';
import { useLanguage } from '../i18n/language.tsx';
import { type Draft, type Drafts, emptyDraft, listMissingChecks, useDrafts } from './drafts.ts';
import { type DecisionOutcome, useDecision } from './use-decision.ts';
import { type LeaseHandle, useLease } from './use-lease.ts';

export interface ReviewDesk {
  readonly draft: Draft;
  readonly lease: LeaseHandle;
  readonly isBusy: boolean;
  /** Why no decision can be made now; `null` when one can. */
  readonly blocked: string | null;
  readonly failure: string | null;
  /** What the last decision came to. */
  readonly lastOutcome: DecisionOutcome | null;
  readonly changeDraft: (change: (draft: Draft) => Draft) => void;
  readonly confirm: () => Promise<void>;
  /** Answers whether it was sent: `other` without a note is not. */
  readonly reject: (reason: RejectReason) => Promise<boolean>;
}

/** The work on the one candidate that is open: its lease, its draft, its decision. */
export function useReviewDesk(options: {
  readonly id: string | null;
  readonly detail: CandidateDetail | undefined;
  readonly mayDecide: boolean;
  readonly announce: (message: string) => void;
  readonly onDecided: (id: string) => void;
}): ReviewDesk {
  const { id, detail, announce } = options;
  const { t } = useLanguage();
  const drafts: Drafts = useDrafts();
  const [failed, setFailed] = useState<{ readonly id: string; readonly message: string } | null>(null);
  const [lastOutcome, setLastOutcome] = useState<DecisionOutcome | null>(null);
  const isOpen = detail !== undefined && (detail.state === 'pending_review' || detail.state === 'in_review');
  const lease = useLease(id, isOpen && options.mayDecide);
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

  const send = async (target: CandidateDetail, act: () => Promise<DecisionOutcome>) => {
    isSending.current = true;
    const outcome = await act().finally(() => {
      isSending.current = false;
    });
    switch (outcome.kind) {
      case 'confirmed':
      case 'rejected':
        setFailed(null);
        setLastOutcome(outcome);
        drafts.drop(target.id);
        announce(
          outcome.kind === 'confirmed'
            ? t('outcome.confirmed', { caseNo: outcome.caseNo })
            : t('outcome.rejected', { reason: t(`reason.${outcome.reason}`) }),
        );
        options.onDecided(target.id);
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
    isBusy: decision.isBusy,
    blocked,
    failure: failed?.id === id ? failed.message : null,
    lastOutcome,
    changeDraft: (change) => {
      if (id !== null) drafts.change(id, change);
    },
    confirm: async () => {
      if (detail === undefined || isSending.current) return;
      if (blocked !== null) return fail(blocked);
      if (detail.evidence === null) return fail(t('blocked.evidence'));
      const missing = listMissingChecks(draft);
      if (missing.length > 0)
        return fail(
          t('blocked.checks', { checks: missing.map((check) => t(`check.${check}`)).join(t('listComma')) }),
        );
      await send(detail, () => decision.confirm(detail, draft));
    },
    reject: async (reason) => {
      if (detail === undefined || isSending.current) return false;
      if (blocked !== null) {
        fail(blocked);
        return true;
      }
      if (reason === 'other' && draft.note.trim() === '') {
        fail(t('blocked.note'));
        return false;
      }
      await send(detail, () => decision.reject(detail, draft, reason));
      return true;
    },
  };
}
