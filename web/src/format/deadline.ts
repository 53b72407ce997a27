/** How a deadline stands: `soon` is the last fifth of the time allowed. */
export type DeadlineStand = 'none' | 'ample' | 'soon' | 'overdue';

/** `createdAt` and `deadline` are ISO times; the clock of the limit itself (work days, ...) is the server's business. */
export function toDeadlineStand(createdAt: string, deadline: string | null, nowMs: number): DeadlineStand {
  if (deadline === null) return 'none';
  const dueMs = Date.parse(deadline);
  if (nowMs > dueMs) return 'overdue';
  const allowedMs = Math.max(0, dueMs - Date.parse(createdAt));
  return dueMs - nowMs < allowedMs * 0.2 ? 'soon' : 'ample';
}
