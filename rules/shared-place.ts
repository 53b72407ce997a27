import type { CandidateEvent, CandidateFacts, Offence } from '../domain/mod.ts';
import { type Family, toFamily } from './family.ts';

/** A candidate that a camera of the place has raised, or one that is held because another camera had. Each round is one of its own. */
interface PlaceStay {
  readonly id: string;
  /** Candidate of the stay's first round: the id itself but for a repeated one. */
  readonly stayId: string;
  readonly camera: string;
  readonly offence: Offence;
  readonly family: Family;
  readonly presentSinceMs: number;
  readonly clockErrorMs: number;
  /** Last sight, once it has ended. */
  readonly toMs: number | null;
  /** Event time of the newest event of it. */
  readonly heardMs: number;
  /** How long it is remembered: after its end, and when nothing more is heard of it. */
  readonly cooldownMs: number;
  readonly silentMs: number;
  /** The candidate that this one is held for, and since when; `null` for one that was raised. */
  readonly held: { readonly lead: string; readonly sinceMs: number; readonly explanation: string } | null;
}

/** What is known of one place that several cameras see. Plain JSON, bounded. */
export interface PlaceState {
  readonly v: 1;
  readonly stays: readonly PlaceStay[];
  /** Stays that were forgotten because there were too many. */
  readonly overflowed: number;
}

/** Two cameras see the same arrival this far apart, beside the errors of their clocks: sampling, and the time until a rest is believed. */
const sameStartMs = 15_000;
const maxStays = 256;
const dayMs = 86_400_000;

export function createPlaceState(): PlaceState {
  return { v: 1, stays: [], overflowed: 0 };
}

/**
 * Takes one event of a camera that sees the place and gives it back, held as `duplicate` where another camera has raised the same thing.
 * Things are paired one to one: each candidate that was raised holds at most one of each other camera, of the same offence and the
 * same family of classes, that begins within 15 s and the errors of both clocks; the earliest first, so that three cars seen by two
 * cameras are three candidates. What is held stays held until it ends, whatever becomes of the other: it is one thing, and it has been
 * raised. A further round of it is raised when the other has ended. Pure; the events of a place come in one order, that of the log.
 */
export function stepPlace(
  state: PlaceState,
  event: CandidateEvent,
  cooldownMs: number,
): { state: PlaceState; event: CandidateEvent } {
  const { candidate, type, atMs } = event;
  const known = state.stays.find(({ id }) => id === candidate.id);
  if (known === undefined && type !== 'raised') return { state, event };
  const others = prune(state.stays, atMs).filter(({ id }) => id !== candidate.id);
  const stay = known ?? startStay(event, cooldownMs, findLead(others, event, cooldownMs));
  const stays = [...others, stay].map((each) =>
    each.stayId === stay.stayId
      ? { ...each, toMs: candidate.toMs, heardMs: Math.max(each.heardMs, atMs) }
      : each,
  );
  const surplus = Math.max(0, stays.length - maxStays);
  return {
    state: { v: 1, stays: stays.slice(surplus), overflowed: state.overflowed + surplus },
    event: stay.held === null ? event : hold(event, stay.held),
  };
}

function startStay(event: CandidateEvent, cooldownMs: number, lead: PlaceStay | null): PlaceStay {
  const { candidate, atMs } = event;
  return {
    id: candidate.id,
    stayId: candidate.repeatOf ?? candidate.id,
    camera: candidate.camera,
    offence: candidate.offence,
    family: toFamily(candidate.class),
    presentSinceMs: candidate.presentSinceMs,
    clockErrorMs: candidate.clockErrorMs ?? 0,
    toMs: candidate.toMs,
    heardMs: atMs,
    cooldownMs,
    silentMs: Math.max(dayMs, 2 * candidate.legalMs), // one that lasts is updated each half of its legal time
    held: lead === null ? null : { lead: lead.id, sinceMs: atMs, explanation: explain(lead, candidate) },
  };
}

function findLead(
  stays: readonly PlaceStay[],
  { candidate, atMs }: CandidateEvent,
  cooldownMs: number,
): PlaceStay | null {
  if (candidate.repeatOf !== null) {
    const firstRound = stays.find(({ id }) => id === candidate.repeatOf);
    const lead = stays.find(({ id }) => id === firstRound?.held?.lead);
    return lead !== undefined && lead.toMs === null ? lead : null;
  }
  const family = toFamily(candidate.class);
  const taken = new Set(
    stays.flatMap(({ camera, held }) => (camera === candidate.camera && held !== null ? [held.lead] : [])),
  );
  const free = stays.filter(
    (stay) =>
      stay.held === null &&
      stay.id === stay.stayId &&
      stay.camera !== candidate.camera &&
      stay.offence === candidate.offence &&
      stay.family === family &&
      !taken.has(stay.id) &&
      (stay.toMs === null || (stay.toMs >= candidate.presentSinceMs && atMs - stay.toMs <= cooldownMs)) &&
      Math.abs(stay.presentSinceMs - candidate.presentSinceMs) <=
        sameStartMs + stay.clockErrorMs + (candidate.clockErrorMs ?? 0),
  );
  return free.toSorted((a, b) => a.presentSinceMs - b.presentSinceMs)[0] ?? null;
}

function explain(lead: PlaceStay, candidate: CandidateFacts): string {
  const laterS = Math.round((candidate.presentSinceMs - lead.presentSinceMs) / 1000);
  const when =
    laterS === 0 ? 'at the same second' : `${Math.abs(laterS)} s ${laterS > 0 ? 'earlier' : 'later'}`;
  return `camera ${lead.camera} sees the same place ("${candidate.place ?? ''}") and has raised a ${lead.family} that was there first ${when}: candidate ${lead.id}`;
}

function hold(event: CandidateEvent, held: NonNullable<PlaceStay['held']>): CandidateEvent {
  return {
    ...event,
    type: event.type === 'raised' ? 'suppressed' : event.type,
    candidate: {
      ...event.candidate,
      raisedAtMs: null,
      suppressed: event.candidate.suppressed ?? {
        reason: 'duplicate',
        sinceMs: held.sinceMs,
        duplicateOf: held.lead,
        explanation: held.explanation,
      },
    },
  };
}

function prune(stays: readonly PlaceStay[], atMs: number): readonly PlaceStay[] {
  return stays.filter(({ toMs, heardMs, cooldownMs, silentMs }) =>
    toMs === null ? atMs - heardMs <= silentMs : atMs - toMs <= cooldownMs,
  );
}
