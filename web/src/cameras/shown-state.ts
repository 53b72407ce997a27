import type { CameraState } from '../../../domain/mod.ts';
import type { CameraRow } from '../api/types.ts';
import type { DictionaryKey } from '../i18n/dictionaries.ts';

/** A camera that gives pictures which are no good is none that is live. */
export type ShownState = CameraState | 'unknown' | 'bad_view';

export const stateMarks: Readonly<Record<ShownState, string>> = {
  live: '●',
  connecting: '◌',
  stalled: '▲',
  down: '✕',
  unauthorized: '✕',
  ended: '■',
  unknown: '?',
  bad_view: '▲',
};

export function toShownState(row: CameraRow): ShownState {
  const isAlive = row.state === 'live' || row.state === 'ended';
  return isAlive && row.view !== null && row.view.problem !== null ? 'bad_view' : (row.state ?? 'unknown');
}

export function toStateWord(row: CameraRow): DictionaryKey {
  const state = toShownState(row);
  return state === 'bad_view' ? `view.${row.view?.problem ?? 'moved'}` : `camera.${state}`;
}

export function isBadState(state: ShownState): boolean {
  return state !== 'live' && state !== 'connecting' && state !== 'ended';
}
