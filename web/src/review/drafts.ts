import { useCallback, useState } from 'react';
import { type CaseLevel, type CaseTrack, type EvidenceCheck } from '../../../domain/mod.ts';

/** What a reviewer has set on a candidate and not yet sent. Kept per candidate, also when its lease is lost. */
export interface Draft {
  readonly checks: Readonly<Record<EvidenceCheck, boolean>>;
  readonly driverAbsent: boolean;
  readonly level: CaseLevel;
  readonly track: CaseTrack;
  readonly note: string;
}

export const checkOrder = [
  'true',
  'clear',
  'complete',
  'accurate',
] as const satisfies readonly EvidenceCheck[];

export const emptyDraft: Draft = {
  checks: { true: false, clear: false, complete: false, accurate: false },
  driverAbsent: false,
  level: 'normal',
  track: 'management',
  note: '',
};

export function listMissingChecks(draft: Draft): EvidenceCheck[] {
  return checkOrder.filter((check) => !draft.checks[check]);
}

export interface Drafts {
  readonly get: (id: string) => Draft;
  readonly change: (id: string, change: (draft: Draft) => Draft) => void;
  readonly drop: (id: string) => void;
}

export function useDrafts(): Drafts {
  const [drafts, setDrafts] = useState<ReadonlyMap<string, Draft>>(new Map());
  const change = useCallback((id: string, apply: (draft: Draft) => Draft) => {
    setDrafts((current) => new Map(current).set(id, apply(current.get(id) ?? emptyDraft)));
  }, []);
  const drop = useCallback((id: string) => {
    setDrafts((current) => new Map([...current].filter(([key]) => key !== id)));
  }, []);
  return { get: (id) => drafts.get(id) ?? emptyDraft, change, drop };
}
