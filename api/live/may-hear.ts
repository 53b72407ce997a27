import { isAllowed } from '../auth/permissions.ts';
import { isInReach } from '../auth/reach.ts';
import type { User } from '../auth/user.ts';
import type { NumberedEvent } from './live-event.ts';

/** Nobody hears of what they could not read: by post, by unit and grids, and blind repetitions not by who decided first. */
export function mayHear(user: User, event: NumberedEvent): boolean {
  switch (event.event) {
    case 'candidate':
      return (
        (isAllowed('candidates.read', user.roles) || isAllowed('candidates.answer_evidence', user.roles)) &&
        event.hiddenFrom !== user.id
      );
    case 'case':
      return isAllowed('cases.read', user.roles) && event.places.some((place) => isInReach(place, user));
    case 'camera':
      return true;
    default:
      return event satisfies never;
  }
}
