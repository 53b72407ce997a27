import type { Translate } from '../i18n/language.tsx';
import type { Verdict } from './use-decision.ts';

export function describeVerdict(verdict: Verdict, t: Translate): string {
  switch (verdict.kind) {
    case 'confirmed':
      return t('outcome.confirmed');
    case 'rejected':
      return t('outcome.rejected', { reason: t(`reason.${verdict.reason}`) });
    case 'needs_evidence':
      return t('outcome.needs_evidence', { wants: t(`want.${verdict.wants}`) });
    case 'merged':
      return t('outcome.merged');
    case 'reminded':
    default:
      return t('outcome.reminded', { channel: t(`channel.${verdict.channel}`) });
  }
}
