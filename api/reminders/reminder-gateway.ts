import type { Offence, ReminderChannel } from '../../domain/mod.ts';

/** What is asked of whoever is there: leave, or set it right, within the grace. */
export interface OutgoingReminder {
  /** The same at every attempt: a gateway that has carried it out must not do so again. */
  readonly id: string;
  readonly candidateId: string;
  readonly channel: ReminderChannel;
  readonly camera: { readonly id: string; readonly name: string };
  readonly offence: Offence;
  readonly zone: string;
  /** Since when it has been there, ISO 8601 with offset. */
  readonly since: string;
  readonly graceMs: number;
}

/** Carries a reminder out by SMS, voice call or loudspeaker. Who owns what is there, the gateway knows, not this system. */
export interface ReminderGateway {
  /** Resolves when it is accepted for delivery, with the gateway's own reference; rejects when it must be tried again. */
  send(reminder: OutgoingReminder): Promise<{ readonly receipt: string | null }>;
}
