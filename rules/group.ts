import type { Box, Rule } from '../domain/mod.ts';
import { type Presence, toClass } from './presence.ts';
import { groupGap } from './tuning.ts';

/**
 * The raised stay of the group in which a stay stands; `null` when there is none. Bicycles are parked in rows, and a city clears
 * the row, not each: those that stand no further apart than a bicycle's length or height are one group, with one candidate at a time.
 */
export function findGroupRaise(
  presence: Presence,
  presences: readonly Presence[],
  rule: Rule,
): Presence | null {
  if (rule.offence !== 'non_motor_parking') return null;
  const left = presences.filter((one) => one.isConfirmed && one.key !== presence.key);
  const group = [presence];
  for (let index = 0; index < group.length && left.length > 0; index++) {
    const member = group[index] as Presence;
    for (let i = left.length - 1; i >= 0; i--) {
      const one = left[i] as Presence;
      if (!rule.classes.includes(toClass(one)) || !isNeighbour(one.anchor, member.anchor)) continue;
      if (one.phase === 'raised') return one;
      group.push(one);
      left.splice(i, 1);
    }
  }
  return null;
}

function isNeighbour(a: Box, b: Box): boolean {
  const x = Math.max(a[0] - b[2], b[0] - a[2]);
  const y = Math.max(a[1] - b[3], b[1] - a[3]);
  return (
    x <= groupGap * Math.max(a[2] - a[0], b[2] - b[0]) && y <= groupGap * Math.max(a[3] - a[1], b[3] - b[1])
  );
}
