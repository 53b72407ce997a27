import type { EvidenceCheck, EvidenceWant, RejectReason, ReminderChannel } from '../../../domain/mod.ts';

/** What a key can ask for while a candidate is open. */
export type ReviewCommand =
  | { readonly kind: 'next' | 'previous' }
  | {
      readonly kind:
        | 'next_picture'
        | 'previous_picture'
        | 'play'
        | 'toggle_clip'
        | 'toggle_overlay'
        | 'toggle_zoom';
    }
  | { readonly kind: 'toggle_check'; readonly check: EvidenceCheck }
  | {
      readonly kind:
        | 'toggle_driver_absent'
        | 'toggle_penalty'
        | 'toggle_urgent'
        | 'toggle_mark'
        | 'confirm'
        | 'open_reject'
        | 'open_evidence'
        | 'open_remind'
        | 'open_merge'
        | 'edit_plate'
        | 'undo'
        | 'edit_note'
        | 'take_lease'
        | 'pull_new';
    }
  | { readonly kind: 'reject'; readonly reason: RejectReason }
  | { readonly kind: 'ask_evidence'; readonly wants: EvidenceWant }
  | { readonly kind: 'remind'; readonly channel: ReminderChannel }
  /** Into one of those that the menu lists, 0 first. */
  | { readonly kind: 'merge'; readonly index: number }
  | { readonly kind: 'open_help' | 'cancel' };

export type ReviewMode = 'review' | 'reject' | 'evidence' | 'remind' | 'merge' | 'help';

/** The part of a keyboard event that decides. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export interface KeyBinding {
  readonly keys: readonly string[];
  readonly command: ReviewCommand;
}

/** In the order in which the help shows them. */
export const reviewBindings: readonly KeyBinding[] = [
  { keys: ['1'], command: { kind: 'toggle_check', check: 'true' } },
  { keys: ['2'], command: { kind: 'toggle_check', check: 'clear' } },
  { keys: ['3'], command: { kind: 'toggle_check', check: 'complete' } },
  { keys: ['4'], command: { kind: 'toggle_check', check: 'accurate' } },
  { keys: ['5'], command: { kind: 'toggle_driver_absent' } },
  { keys: ['A', 'Enter'], command: { kind: 'confirm' } },
  { keys: ['R'], command: { kind: 'open_reject' } },
  { keys: ['E'], command: { kind: 'open_evidence' } },
  { keys: ['W'], command: { kind: 'open_remind' } },
  { keys: ['D'], command: { kind: 'open_merge' } },
  { keys: ['V'], command: { kind: 'edit_plate' } },
  { keys: ['U'], command: { kind: 'undo' } },
  { keys: ['X'], command: { kind: 'toggle_mark' } },
  { keys: ['G'], command: { kind: 'toggle_urgent' } },
  { keys: ['P'], command: { kind: 'toggle_penalty' } },
  { keys: ['M'], command: { kind: 'edit_note' } },
  { keys: ['J', 'ArrowDown'], command: { kind: 'next' } },
  { keys: ['K', 'ArrowUp'], command: { kind: 'previous' } },
  { keys: ['N'], command: { kind: 'pull_new' } },
  { keys: ['ArrowRight'], command: { kind: 'next_picture' } },
  { keys: ['ArrowLeft'], command: { kind: 'previous_picture' } },
  { keys: ['B'], command: { kind: 'toggle_overlay' } },
  { keys: ['Z'], command: { kind: 'toggle_zoom' } },
  { keys: ['C'], command: { kind: 'toggle_clip' } },
  { keys: ['Space'], command: { kind: 'play' } },
  { keys: ['L'], command: { kind: 'take_lease' } },
  { keys: ['?'], command: { kind: 'open_help' } },
  { keys: ['Escape'], command: { kind: 'cancel' } },
];

/** Reject reasons by their key: the nine digits for what happens daily, letters for the rest. */
export const rejectKeys: Readonly<Record<RejectReason, string>> = {
  not_offence: '1',
  permitted: '2',
  wrong_class: '3',
  unclear: '4',
  plate_misread: '5',
  not_stationary: '6',
  emergency_vehicle: '7',
  loading_allowed: '8',
  duplicate: '9',
  privacy: 'P',
  test: 'T',
  other: 'O',
};

const rejectBindings: readonly KeyBinding[] = [
  ...Object.entries(rejectKeys).map(([reason, key]) => ({
    keys: [key],
    command: { kind: 'reject', reason: reason as RejectReason } as const,
  })),
  { keys: ['R', 'Escape'], command: { kind: 'cancel' } },
];

export const wantKeys: Readonly<Record<EvidenceWant, string>> = {
  longer_dwell: '1',
  other_camera: '2',
  site_visit: '3',
};

export const channelKeys: Readonly<Record<ReminderChannel, string>> = {
  sms: '1',
  voice: '2',
  loudspeaker: '3',
};

const evidenceBindings: readonly KeyBinding[] = [
  ...Object.entries(wantKeys).map(([wants, key]) => ({
    keys: [key],
    command: { kind: 'ask_evidence', wants: wants as EvidenceWant } as const,
  })),
  { keys: ['E', 'Escape'], command: { kind: 'cancel' } },
];

const remindBindings: readonly KeyBinding[] = [
  ...Object.entries(channelKeys).map(([channel, key]) => ({
    keys: [key],
    command: { kind: 'remind', channel: channel as ReminderChannel } as const,
  })),
  { keys: ['W', 'Escape'], command: { kind: 'cancel' } },
];

const mergeBindings: readonly KeyBinding[] = [
  ...Array.from({ length: 9 }, (_, index) => ({
    keys: [String(index + 1)],
    command: { kind: 'merge', index } as const,
  })),
  { keys: ['D', 'Escape'], command: { kind: 'cancel' } },
];

const helpBindings: readonly KeyBinding[] = [{ keys: ['?', 'Escape'], command: { kind: 'cancel' } }];

const bindingsByMode: Readonly<Record<ReviewMode, readonly KeyBinding[]>> = {
  review: reviewBindings,
  reject: rejectBindings,
  evidence: evidenceBindings,
  remind: remindBindings,
  merge: mergeBindings,
  help: helpBindings,
};

/** What the key means in this mode; `null` for keys that mean nothing, and always with Ctrl, Alt or Meta. */
export function toCommand(press: KeyPress, mode: ReviewMode): ReviewCommand | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const name = toKeyName(press);
  return bindingsByMode[mode].find((binding) => binding.keys.includes(name))?.command ?? null;
}

/**
 * A Chinese input method reports `Process` for letters, and full-width signs for others: the place of the key
 * on the board (`code`) then says which it was.
 */
function toKeyName({ key, code }: KeyPress): string {
  if (key === ' ' || code === 'Space') return 'Space';
  if (key === '?' || key === '\uff1f') return '?';
  if (/^[\x21-\x7e]$/.test(key)) return key.toUpperCase();
  const place = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code)?.[1];
  return place ?? key;
}

/** Whether keys belong to what is focused instead: typing in a field, or pressing a focused control. */
export function isTakenByFocus(
  press: KeyPress,
  element: { tagName: string; isContentEditable?: boolean; type?: string },
): boolean {
  const tag = element.tagName.toLowerCase();
  if (element.isContentEditable === true || tag === 'textarea' || tag === 'select') return true;
  if (tag === 'input') return !['checkbox', 'radio', 'button'].includes(element.type ?? 'text');
  const activates = press.key === 'Enter' || press.key === ' ';
  return activates && ['button', 'a', 'summary', 'video'].includes(tag);
}

/** A key as it is printed on the board. */
export function toKeyLabel(key: string): string {
  switch (key) {
    case 'ArrowDown':
      return '↓';
    case 'ArrowUp':
      return '↑';
    case 'ArrowLeft':
      return '←';
    case 'ArrowRight':
      return '→';
    case 'Escape':
      return 'Esc';
    default:
      return key;
  }
}
