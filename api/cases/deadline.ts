import type { Row } from '../database/tables.ts';

/** The clock of disposal starts at dispatch and stops at the unit's reply, or when the case ends without one. */
export function isOverdue(
  row: Pick<Row<'case_file'>, 'deadline' | 'disposed_at' | 'ended_at'>,
  nowMs: number,
): boolean {
  if (row.deadline === null) return false;
  const stopMs = (row.disposed_at ?? row.ended_at)?.getTime() ?? nowMs;
  return stopMs > row.deadline.getTime();
}
