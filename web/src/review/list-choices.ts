import type { EvidenceWant, RejectReason, ReminderChannel } from '../../../domain/mod.ts';
import type { DictionaryKey } from '../i18n/dictionaries.ts';
import { channelKeys, type ReviewCommand, type ReviewMode, rejectKeys, wantKeys } from './key-map.ts';

export interface ChoiceList {
  readonly title: DictionaryKey;
  readonly choices: readonly {
    readonly key: string;
    readonly label: DictionaryKey;
    readonly command: ReviewCommand;
  }[];
}

/** What the menu of a mode offers; `null` for a mode without one. */
export function listChoices(mode: ReviewMode): ChoiceList | null {
  switch (mode) {
    case 'reject':
      return {
        title: 'decision.rejectWhy',
        choices: (Object.entries(rejectKeys) as [RejectReason, string][]).map(([reason, key]) => ({
          key,
          label: `reason.${reason}`,
          command: { kind: 'reject', reason },
        })),
      };
    case 'evidence':
      return {
        title: 'decision.evidenceWhich',
        choices: (Object.entries(wantKeys) as [EvidenceWant, string][]).map(([wants, key]) => ({
          key,
          label: `want.${wants}`,
          command: { kind: 'ask_evidence', wants },
        })),
      };
    case 'remind':
      return {
        title: 'decision.remindHow',
        choices: (Object.entries(channelKeys) as [ReminderChannel, string][]).map(([channel, key]) => ({
          key,
          label: `channel.${channel}`,
          command: { kind: 'remind', channel },
        })),
      };
    case 'merge': // what there is to merge into depends on the queue
    case 'review':
    case 'help':
    default:
      return null;
  }
}
