import type { RejectReason, ReviewResult } from '../../domain/mod.ts';

/**
 * What a decision says about the picture itself: `label` where the thing is what the model named it, whether it was an offence or
 * not; `ask` where a person must say first what is seen. Nothing is taken for a picture of nothing: something stood there.
 */
export function toUse(decided: {
  readonly result: ReviewResult;
  readonly reason: RejectReason | null;
}): 'label' | 'ask' {
  switch (decided.result) {
    case 'confirmed':
    case 'reminded':
    case 'merged':
      return 'label';
    case 'needs_evidence':
      return 'ask';
    case 'rejected':
    default:
      return decided.reason === null ? 'ask' : usesByReason[decided.reason];
  }
}

const usesByReason: Readonly<Record<RejectReason, 'label' | 'ask'>> = {
  permitted: 'label',
  plate_misread: 'label',
  not_stationary: 'label',
  emergency_vehicle: 'label',
  loading_allowed: 'label',
  duplicate: 'label',
  not_offence: 'ask',
  wrong_class: 'ask',
  unclear: 'ask',
  privacy: 'ask',
  test: 'ask',
  other: 'ask',
};
