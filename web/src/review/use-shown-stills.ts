import { useCallback, useEffect, useState } from 'react';
import { acknowledgeStills } from '../api/candidates.ts';
import type { CandidateDetail, StillMoment } from '../api/types.ts';
import type { LeaseState } from './use-lease.ts';

export interface ShownStills {
  /** Shown large under the lease that is held now. */
  readonly shown: readonly StillMoment[];
  /** To be looked at before confirming. */
  readonly missing: readonly StillMoment[];
  /** A still has been drawn large. */
  readonly noteDrawn: (moment: StillMoment) => void;
}

/** Tells the server which stills have been on the screen while the lease was held, and knows which have not. */
export function useShownStills(detail: CandidateDetail | undefined, lease: LeaseState): ShownStills {
  const id = detail?.id ?? null;
  const [drawn, setDrawn] = useState<{ readonly id: string; readonly moment: StillMoment } | null>(null);
  const [known, setKnown] = useState<{ readonly of: string; readonly shown: readonly StillMoment[] } | null>(
    null,
  );
  const of = id !== null && lease.status === 'held' ? `${id} ${lease.version}` : null;
  const shown =
    of !== null && known?.of === of ? known.shown : of === null ? [] : (detail?.shownStills ?? []);
  const drawnMoment = drawn !== null && drawn.id === id ? drawn.moment : null;
  const isNews = of !== null && drawnMoment !== null && !shown.includes(drawnMoment);

  useEffect(() => {
    if (!isNews || id === null || of === null || drawnMoment === null) return;
    acknowledgeStills(id, [drawnMoment]).then(
      (reply) => setKnown({ of, shown: reply.shown }),
      // A lease that is gone says so where it stands; the confirmation would be refused as well.
      () => undefined,
    );
  }, [isNews, id, of, drawnMoment]);

  const noteDrawn = useCallback(
    (moment: StillMoment) => {
      if (id !== null) setDrawn({ id, moment });
    },
    [id],
  );
  const missing = (detail?.stillsToShow ?? []).filter((moment) => !shown.includes(moment));
  return { shown, missing, noteDrawn };
}
