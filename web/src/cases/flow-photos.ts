import type { Attachment, FlowRecord } from '../api/types.ts';

export function toPhotoUrl(attachment: Attachment): string {
  if (typeof attachment === 'string') return `/api/photos/${encodeURIComponent(attachment)}`;
  return attachment.url ?? `/api/photos/${encodeURIComponent(attachment.id)}`;
}

/** What the unit's last reply shows, once there is one. */
export function findAfterPhoto(flow: readonly FlowRecord[]): Attachment | undefined {
  return flow.findLast((record) => record.action === 'dispose')?.attachments[0];
}
