import type { CandidateEvent } from '../../../domain/mod.ts';
import type { BusMessage } from '../../../platform/mod.ts';

/** How far a camera's events are published: events come in the order of the detections that gave them. */
export type Published =
  | { readonly kind: 'nothing' }
  /** All events of detections before this one, and of this one those up to the index. */
  | { readonly kind: 'through'; readonly seq: number; readonly index: number }
  /** Written by a program that did not say which detection an event came of: all up to this event time. */
  | { readonly kind: 'until'; readonly atMs: number };

/** The id under which an event is published says where in the log it comes from, so the newest one tells how far everything is. */
export function toEventId(streamId: string, seq: number, index: number): string {
  return `${streamId}.${seq}.${index}`;
}

export function readPublished(newest: BusMessage<CandidateEvent> | null, streamId: string): Published {
  if (newest === null) return { kind: 'nothing' };
  const found = /^([0-9a-z]+)\.(\d+)\.(\d+)$/.exec(newest.messageId ?? '');
  if (found === null) return { kind: 'until', atMs: newest.payload.atMs };
  if (found[1] !== streamId) return { kind: 'nothing' }; // the log has been made anew since
  return { kind: 'through', seq: Number(found[2]), index: Number(found[3]) };
}

/** Whether the event with this index of a detection message is published. */
export function isPublished(published: Published, seq: number, index: number, atMs: number): boolean {
  switch (published.kind) {
    case 'nothing':
      return false;
    case 'through':
      return seq < published.seq || (seq === published.seq && index <= published.index);
    case 'until':
      return atMs <= published.atMs;
    default:
      return published satisfies never;
  }
}
