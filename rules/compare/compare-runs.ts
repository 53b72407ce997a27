import { type CandidateFacts, formatDuration, type Scene } from '../../domain/mod.ts';
import { findCounterpart, listRuleChanges } from './describe-rule-change.ts';
import { pairStays } from './pair-stays.ts';
import { toLikeness, toStay } from './stay.ts';
import { explainNotRaised } from './why-not-raised.ts';

/** What one scene made of a log. */
export interface Run {
  /** As last heard of; each was raised. */
  readonly raised: readonly CandidateFacts[];
  /** Followed but not raised, as last heard of. */
  readonly followed: readonly CandidateFacts[];
  /** The scene of a camera, `null` when it has none. */
  sceneOf(camera: string): Scene | null;
}

export type ChangeKind = 'appears' | 'vanishes' | 'moves' | 'same';

export interface Change {
  readonly kind: ChangeKind;
  readonly before: CandidateFacts | null;
  readonly after: CandidateFacts | null;
  /** In words; empty for what stays the same. */
  readonly why: string;
}

/** What a change of scenes does to the candidates of one log, in order of time. */
export function compareRuns(before: Run, after: Run): Change[] {
  const { pairs, onlyBefore, onlyAfter } = pairStays(before.raised.map(toStay), after.raised.map(toStay));
  const changes: Change[] = [];
  for (const [left, right] of pairs) {
    const [old, now] = [before.raised[left], after.raised[right]];
    if (old !== undefined && now !== undefined) changes.push(toPairChange(old, now, before, after));
  }
  for (const index of onlyBefore) {
    const old = before.raised[index];
    if (old !== undefined)
      changes.push({ kind: 'vanishes', before: old, after: null, why: explainOneSided(old, before, after) });
  }
  for (const index of onlyAfter) {
    const now = after.raised[index];
    if (now !== undefined)
      changes.push({
        kind: 'appears',
        before: null,
        after: now,
        why: explainOneSided(now, after, before, ' in the old scene'),
      });
  }
  return changes.toSorted((a, b) => toTime(a) - toTime(b));
}

function toTime({ before, after }: Change): number {
  return Math.min(before?.fromMs ?? Number.MAX_SAFE_INTEGER, after?.fromMs ?? Number.MAX_SAFE_INTEGER);
}

/** Differences that a reader of the report would call the same are none: the scene's version and what it counted beside the stay. */
function toPairChange(old: CandidateFacts, now: CandidateFacts, before: Run, after: Run): Change {
  const moves = [
    describeMove('raised', old.raisedAtMs, now.raisedAtMs),
    describeMove('counted from', old.fromMs, now.fromMs),
    describeMove('ended', old.toMs, now.toMs),
    old.zone === now.zone ? null : `in ${now.zone}, before in ${old.zone}`,
  ].filter((move) => move !== null);
  if (moves.length === 0) return { kind: 'same', before: old, after: now, why: '' };
  const oldRule = before.sceneOf(old.camera)?.rules.find(({ id }) => id === old.ruleId);
  const newRule = after.sceneOf(now.camera)?.rules.find(({ id }) => id === now.ruleId);
  const changes = oldRule && newRule ? listRuleChanges(oldRule, newRule) : [];
  return {
    kind: 'moves',
    before: old,
    after: now,
    why: `${changes.length > 0 ? `${changes.join('; ')}: ` : ''}${moves.join(', ')}`,
  };
}

function describeMove(what: string, oldMs: number | null, nowMs: number | null): string | null {
  if (oldMs === nowMs) return null;
  if (oldMs === null) return `${what}, before not`;
  if (nowMs === null) return `not ${what} any more`;
  const byMs = Math.abs(nowMs - oldMs);
  return `${what} ${byMs < 1000 ? `${Math.round(byMs)} ms` : formatDuration(byMs)} ${nowMs < oldMs ? 'earlier' : 'later'}`;
}

/** Why `other` does not raise what `mine` raised, and what of its rule is different. */
function explainOneSided(raised: CandidateFacts, mine: Run, other: Run, where = ''): string {
  const myRule = mine.sceneOf(raised.camera)?.rules.find(({ id }) => id === raised.ruleId);
  const otherRule = findCounterpart(
    { id: raised.ruleId, offence: raised.offence, zone: raised.zone },
    other.sceneOf(raised.camera)?.rules ?? [],
  );
  const reason = explainNotRaised(raised, otherRule, findFollowed(raised, other.followed));
  const isBefore = where !== '';
  const changes =
    myRule && otherRule
      ? isBefore
        ? listRuleChanges(otherRule, myRule)
        : listRuleChanges(myRule, otherRule)
      : [];
  return `${changes.length > 0 ? `${changes.join('; ')}: ` : ''}${reason}${where}`;
}

function findFollowed(raised: CandidateFacts, followed: readonly CandidateFacts[]): CandidateFacts | null {
  const stay = toStay(raised);
  let best: CandidateFacts | null = null;
  let bestLikeness = 0;
  for (const facts of followed) {
    const likeness = toLikeness(stay, toStay(facts));
    if (likeness <= bestLikeness) continue;
    best = facts;
    bestLikeness = likeness;
  }
  return best;
}
