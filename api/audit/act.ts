import { AsyncLocalStorage } from 'node:async_hooks';
import type { Role } from '../../domain/mod.ts';

/** The request under way, as the audit log needs to know it: lines written while it lasts take from it what their writer does not say. */
export interface Act {
  actor: string | null;
  posts: readonly Role[] | null;
  unitId: string | null;
  readonly ip: string;
  /** Which kinds of line it has written of itself. A line inside a transaction that fails is none. */
  readonly written: Set<'done' | 'refused'>;
  /** What it was refused with. */
  refusal: { readonly code: string; readonly message: string } | null;
}

const acts = new AsyncLocalStorage<Act>();

export function openAct(ip: string): Act {
  return { actor: null, posts: null, unitId: null, ip, written: new Set(), refusal: null };
}

/** Runs what follows as part of the act. */
export function runInAct(act: Act, next: () => void): void {
  acts.run(act, next);
}

/** Says who the request under way turned out to come from: a login knows it only at its end. */
export function nameActor(actor: string, posts: readonly Role[], unitId: string | null): void {
  const act = acts.getStore();
  if (act !== undefined) Object.assign(act, { actor, posts, unitId });
}

/** `null` outside of requests: what the program does by itself. */
export function currentAct(): Act | null {
  return acts.getStore() ?? null;
}
