import type { ColumnType, Generated } from 'kysely';
import type { EnforcementState } from '../../domain/mod.ts';
import type { Json } from './json-column.ts';

/** Systems that the city's platform talks with, and the messages between them. */
export interface IntegrationTables {
  integration: {
    id: string;
    name: string;
    /** `webhook`, `enforcement`, `sanitation`, ...; a kind without code of its own is served like a webhook. */
    kind: string;
    direction: 'in' | 'out' | 'both';
    url: string | null;
    /** Types that go out: `case.dispatch`, `case.*`, `*`. */
    events: string[];
    /** Types that may come in, the same way. */
    accepts: string[];
    /** Only what concerns this unit goes out. */
    unit_id: string | null;
    settings: Json<Record<string, unknown>>;
    state: 'enabled' | 'disabled';
    disabled_reason: string | null;
    secret_key_id: string;
    secret: Buffer;
    /** The one before, still good until then. */
    old_secret_key_id: string | null;
    old_secret: Buffer | null;
    old_secret_until: Date | null;
    /** How often it says that it lives; `null`: it never does. */
    heartbeat_every_ms: number | null;
    heartbeat_at: Date | null;
    last_success_at: Date | null;
    last_failure_at: Date | null;
    last_error: string | null;
    created_by: string;
    created_at: Date;
    updated_at: Date;
    version: Generated<number>;
  };
  outbox_message: {
    /** The idempotency key: the same at every attempt. */
    id: Generated<string>;
    seq: Generated<number>;
    integration_id: string;
    type: string;
    /** Messages of one key go out in order. */
    ordering_key: string;
    payload: Json<OutboxPayload>;
    state: Generated<OutboxState>;
    attempts: Generated<number>;
    created_at: Date;
    /** The next attempt; while one is under way, when it counts as lost. */
    next_at: Date;
    ended_at: Date | null;
    last_status: number | null;
    last_error: string | null;
    /** The receiver's own reference. */
    receipt: string | null;
    decided_by: string | null;
    decided_reason: string | null;
  };
  inbox_message: {
    integration_id: string;
    message_id: string;
    type: string;
    payload: ColumnType<unknown, string, string>;
    state: InboxState;
    attempts: Generated<number>;
    received_at: Date;
    handled_at: Date | null;
    result: string | null;
  };
  /** How to reach who reported, encrypted; never published. */
  report_contact: { case_no: string; key_id: string; encrypted: Buffer };
  /** The penalty track of a case. */
  enforcement_file: {
    case_no: string;
    state: EnforcementState;
    version: Generated<number>;
    notified_at: Date | null;
    /** Until then whoever was told may object. */
    objection_until: Date | null;
    objection_reason: string | null;
    /** The newest message that hands it over. */
    hand_over_message: string | null;
    reference: string | null;
    updated_at: Date;
    /** When the other system is asked after it next; `null`: as soon as it may be. */
    poll_at: Generated<Date | null>;
    poll_wait_ms: Generated<number | null>;
  };
  enforcement_step: {
    case_no: string;
    seq: number;
    action: string;
    from_state: EnforcementState | null;
    to_state: EnforcementState;
    actor: string;
    role: string | null;
    at: Date;
    note: string | null;
  };
  /** Third-party devices that have registered to send alarms. */
  alarm_device: {
    device_id: string;
    integration_id: string;
    ip: string;
    registered_at: Date;
    seen_at: Date;
  };
  /** Where vehicles and workers of another platform were last. */
  moving_thing: {
    integration_id: string;
    kind: 'vehicle' | 'worker';
    id: string;
    name: string | null;
    lon: number;
    lat: number;
    at: Date;
  };
}

/** `dead`: given up after the last attempt; `dropped`: somebody decided that it need not go. */
export type OutboxState = 'queued' | 'delivered' | 'dead' | 'dropped';
export type InboxState = 'applied' | 'refused' | 'failed';

/** What a receiver gets as body. */
export interface OutboxPayload {
  readonly type: string;
  /** ISO 8601 with offset: when it happened. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}
