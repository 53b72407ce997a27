import type { Registry } from 'prom-client';
import { addCounter, addGauge } from './read-at-scrape.ts';

/** What a rules process tells of itself: counts since its start, and what is the case now. */
export interface RulesFigures {
  readonly cameras: number;
  readonly shards: number;
  readonly shardsWanted: number;
  readonly lagMessages: number;
  readonly lagSeconds: number;
  readonly batches: number;
  readonly passedOver: Readonly<Record<'unreadable' | 'failed' | 'expired', number>>;
  /** By type. */
  readonly events: Readonly<Record<string, number>>;
  /** By reason. */
  readonly suppressed: Readonly<Record<string, number>>;
  readonly leftOut: number;
  readonly checkpoints: number;
  readonly checkpointBytes: number;
  readonly checkpointFailures: number;
  /** What the folds of all cameras have counted, by the counter's name. */
  readonly foldCounters: Readonly<Record<string, number>>;
}

/** `xunjie_rules_*`. */
export function registerRulesMetrics(registry: Registry, read: () => RulesFigures): void {
  for (const [name, help, key] of [
    ['cameras', 'Cameras that are folded here', 'cameras'],
    ['shards', 'Shards that are folded here', 'shards'],
    ['shards_wanted', 'Shards that may be folded here', 'shardsWanted'],
    ['lag_messages', 'Messages of the log that are not folded yet', 'lagMessages'],
    [
      'lag_seconds',
      'How long ago the log took the message that was folded last; 0 when none waits',
      'lagSeconds',
    ],
  ] as const)
    addGauge(registry, {
      name: `xunjie_rules_${name}`,
      help,
      labels: [],
      read: () => [{ labels: {}, value: read()[key] }],
    });
  for (const [name, help, key] of [
    ['batches', 'Batches folded', 'batches'],
    [
      'events_left_out',
      'Events of the past that were not published after a fold from the beginning',
      'leftOut',
    ],
    ['checkpoints', 'Checkpoints written', 'checkpoints'],
    ['checkpoint_bytes', 'Size of the checkpoints written', 'checkpointBytes'],
    ['checkpoint_failures', 'Rounds in which a checkpoint could not be written', 'checkpointFailures'],
  ] as const)
    addCounter(registry, {
      name: `xunjie_rules_${name}_total`,
      help,
      labels: [],
      read: () => [{ labels: {}, value: read()[key] }],
    });
  const addCounts = <Label extends string>(
    name: string,
    help: string,
    label: Label,
    counts: () => Readonly<Record<string, number>>,
  ): void =>
    addCounter(registry, {
      name: `xunjie_rules_${name}_total`,
      help,
      labels: [label],
      read: () =>
        Object.entries(counts()).map(([what, value]) => ({
          labels: { [label]: toSnakeCase(what) } as Record<Label, string>,
          value,
        })),
    });
  addCounts('events', 'Candidate events published', 'type', () => read().events);
  addCounts(
    'suppressed',
    'Stays that reached the legal threshold and were not raised then',
    'reason',
    () => read().suppressed,
  );
  addCounts('passed_over', 'Messages of the log that were not folded', 'reason', () => read().passedOver);
  addCounts(
    'fold',
    'What the folds of all cameras met that they did not use or had to let go',
    'what',
    () => read().foldCounters,
  );
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
