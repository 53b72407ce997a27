import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { queryKeys } from './query-keys.ts';

/** Of the server's event stream: `unknown` until the first answer. */
export type LiveState = 'unknown' | 'live' | 'lost';

const eventKinds = ['candidate', 'case', 'camera'] as const;
type EventKind = (typeof eventKinds)[number];

const queryKeysByKind: Readonly<Record<EventKind, readonly string[]>> = {
  candidate: queryKeys.candidates,
  case: queryKeys.cases,
  camera: queryKeys.cameras,
};

/** Bursts of events become one refresh per kind in this time. */
const refreshDelayMs = 400;
const reopenDelayMs = 5_000;

/** Refreshes what the server says has changed, as long as the component is on the page. */
export function useLiveEvents(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('unknown');
  useEffect(() => openLiveEvents(client, setState), [client]);
  return state;
}

function openLiveEvents(client: QueryClient, onState: (state: LiveState) => void): () => void {
  const pending = new Set<EventKind>();
  let refreshTimer: number | undefined;
  let reopenTimer: number | undefined;
  let source: EventSource | undefined;
  let isRenewed = false;

  const refreshAll = () => {
    for (const kind of eventKinds) pending.add(kind);
    refresh();
  };
  const refresh = () => {
    refreshTimer = undefined;
    for (const kind of pending) {
      void client.invalidateQueries({ queryKey: queryKeysByKind[kind] });
    }
    if (pending.has('candidate') || pending.has('case'))
      void client.invalidateQueries({ queryKey: queryKeys.summary });
    pending.clear();
  };
  const open = () => {
    source = new EventSource('/api/events');
    source.addEventListener('open', () => {
      // A stream that broke goes on where it was; one that was refused and opened anew knows nothing of what happened meanwhile.
      if (isRenewed) refreshAll();
      isRenewed = false;
      onState('live');
    });
    source.addEventListener('error', () => {
      onState('lost');
      // The browser reopens a broken stream itself, but not one that was refused.
      if (source?.readyState !== EventSource.CLOSED) return;
      isRenewed = true;
      reopenTimer = window.setTimeout(open, reopenDelayMs);
    });
    // Too much was missed, or the server no longer knows it.
    source.addEventListener('reset', refreshAll);
    for (const kind of eventKinds)
      source.addEventListener(kind, () => {
        pending.add(kind);
        refreshTimer ??= window.setTimeout(refresh, refreshDelayMs);
      });
  };
  open();
  return () => {
    source?.close();
    window.clearTimeout(refreshTimer);
    window.clearTimeout(reopenTimer);
  };
}
