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
  let wasOpen = false;

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
      // What happened while the stream was down was not heard: everything is stale.
      if (wasOpen) for (const kind of eventKinds) pending.add(kind);
      if (wasOpen) refresh();
      wasOpen = true;
      onState('live');
    });
    source.addEventListener('error', () => {
      onState('lost');
      // The browser reopens a broken stream itself, but not one that was refused.
      if (source?.readyState === EventSource.CLOSED) reopenTimer = window.setTimeout(open, reopenDelayMs);
    });
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
