import { isAllowed } from '../auth/permissions.ts';
import { isGridOpen, isInReach, isWide } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import type { NumberedEvent } from './live-event.ts';

/** Nobody hears of what they could not read: by post, by unit and grids, and blind repetitions not by who decided first. */
export function mayHear(user: User, event: NumberedEvent): boolean {
  switch (event.event) {
    case 'candidate':
      return (
        (isAllowed('candidates.read', user.roles) || isAllowed('candidates.answer_evidence', user.roles)) &&
        event.hiddenFrom !== user.id &&
        isNear(user, event)
      );
    case 'case':
      return isAllowed('cases.read', user.roles) && isNear(user, event);
    case 'camera':
      return event.places.length === 0
        ? isWide(user)
        : event.places.some((place) => isGridOpen(place.grid_id, user));
    default:
      return event satisfies never;
  }
}

function isNear(user: User, { places }: NumberedEvent): boolean {
  return isWide(user) || places.some((place) => isInReach(place, user));
}
