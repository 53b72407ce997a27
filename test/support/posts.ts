import type { Permission } from '../../api/auth/permissions.ts';
import type { Role } from '../../domain/mod.ts';

const steps = (words: string) =>
  words
    .trim()
    .split(/\s+/)
    .map((step) => `cases.${step}` as Permission);

/** Who may do what, by post, as the city's table has it: written out, not derived. */
export const posts: Readonly<Record<Role, readonly Permission[]>> = {
  reviewer: [
    'plates.enter',
    'candidates.read',
    'candidates.decide',
    'candidates.answer_evidence',
    'cases.read',
    'evidence.read',
    'plates.read',
    'indicators.read',
  ],
  intake_officer: [
    'enforcement.read',
    'enforcement.receive_statement',
    'contacts.read',
    'cases.read',
    'evidence.read',
    'plates.read',
    'photos.add',
    'reports.add',
    'indicators.read',
    ...steps(`
      verify_request accept refuse send_check check_pass check_fail approve_self_disposal
      reject_self_disposal merge split urge judge_omission grant_appeal
      refuse_appeal`),
  ],
  shift_leader: [
    'enforcement.read',
    'enforcement.notify',
    'enforcement.hand_over',
    'contacts.read',
    'integrations.read',
    'candidates.read',
    'candidates.answer_evidence',
    'candidates.appeal',
    'reviews.compare',
    'cases.read',
    'evidence.read',
    'plates.read',
    'evidence.verify',
    'reports.add',
    'wall.read',
    'indicators.read',
    ...steps(`
      verify_request accept refuse register decline send_check close void approve_self_disposal
      reject_self_disposal merge split urge refuse_void reopen supervise judge_omission`),
  ],
  dispatcher: [
    'cases.read',
    'evidence.read',
    'plates.read',
    'indicators.read',
    ...steps(`
      dispatch return reassign coordinate refuse_return extend refuse_extension suspend
      refuse_suspension resume urge apply_void endorse_appeal refuse_appeal`),
  ],
  commander: [
    'enforcement.read',
    'enforcement.notify',
    'enforcement.waive_objection',
    'enforcement.hand_over',
    'contacts.read',
    'integrations.read',
    'integrations.edit',
    'candidates.read',
    'candidates.appeal',
    'reviews.compare',
    'cases.read',
    'evidence.read',
    'plates.read',
    'evidence.verify',
    'evidence.hold',
    'reports.add',
    'wall.read',
    'indicators.read',
    'registries.edit',
    'registries.law',
    'registries.cameras',
    ...steps(`
      verify_request accept refuse register decline dispatch return reassign send_check close
      void approve_self_disposal reject_self_disposal merge split urge coordinate refuse_return
      extend refuse_extension suspend refuse_suspension resume force_close refuse_void reopen
      supervise consult decide judge_omission`),
  ],
  collector: [
    'candidates.answer_evidence',
    'cases.read',
    'evidence.read',
    'plates.read',
    'photos.add',
    'reports.add',
    'indicators.read',
    ...steps('verify_done check_pass check_fail self_dispose'),
  ],
  officer: [
    'cases.read',
    'evidence.read',
    'plates.read',
    'photos.add',
    'indicators.read',
    ...steps(`
      receive dispose apply_return apply_extension apply_suspension endorse apply_appeal
      give_opinion`),
  ],
  clerk: [
    'integrations.read',
    'wall.read',
    'cases.read',
    'evidence.read',
    'plates.read',
    'indicators.read',
    'registries.edit',
  ],
  legal_reviewer: [
    'enforcement.read',
    'enforcement.legal_review',
    'enforcement.waive_objection',
    'enforcement.receive_statement',
    'enforcement.review_statement',
    'enforcement.exempt',
    'enforcement.withdraw',
    'candidates.read',
    'candidates.decide',
    'cases.read',
    'evidence.read',
    'plates.read',
    'evidence.verify',
    'evidence.hold',
    'custody.read',
    'indicators.read',
    'registries.law',
    'cameras.attest_law',
  ],
  engineer: ['cameras.accept_view', 'registries.cameras', 'cameras.attest_technique', 'tuning_set.read'],
  administrator: [
    'accounts.read',
    'accounts.manage',
    'accounts.reset',
    'accounts.stop',
    'keys.read',
    'keys.make',
    'keys.revoke',
  ],
  security_administrator: [
    'accounts.read',
    'accounts.reset',
    'accounts.stop',
    'accounts.appoint',
    'keys.read',
    'keys.revoke',
  ],
  auditor: [
    'accounts.read',
    'keys.read',
    'audit.read',
    'indicators.read',
    'reviews.compare',
    'evidence.verify',
    'custody.read',
    'custody.export',
  ],
};
