import { formatDuration, type Rule } from '../../domain/mod.ts';

type Field = readonly [name: string, write: (rule: Rule) => string];

const toList = (words: readonly string[]): string => (words.length === 0 ? 'none' : words.join(', '));

/** What of a rule changes which candidates it makes, and how it is written. */
const fields: readonly Field[] = [
  ['offence', (rule) => rule.offence],
  ['zone', (rule) => rule.zone],
  ['classes', (rule) => toList(rule.classes)],
  ['onset', (rule) => formatDuration(rule.onsetMs)],
  ['legal', (rule) => formatDuration(rule.legalMs)],
  ['gap', (rule) => formatDuration(rule.gapMs)],
  ['minScore', (rule) => String(rule.minScore)],
  ['exempt', (rule) => toList(rule.exempt)],
  ['repeat', (rule) => (rule.repeatMs === null ? 'off' : formatDuration(rule.repeatMs))],
  ['cooldown', (rule) => formatDuration(rule.cooldownMs)],
  ['cap', (rule) => `${rule.capPerHour} an hour`],
  ['congestion', (rule) => rule.congestion],
  ['place', (rule) => rule.place ?? 'none'],
];

/** Parts too long to be written out: they are compared, and named. */
const shapes: readonly Field[] = [
  ["the zone's outline", (rule) => JSON.stringify(rule.polygon)],
  ['the exempt areas', (rule) => JSON.stringify(rule.exemptAreas)],
  ['the hours', (rule) => JSON.stringify(rule.schedule)],
];

/** What differs between two rules, e.g. `legal 5 min -> 3 min`. */
export function listRuleChanges(before: Rule, after: Rule): string[] {
  const written = fields
    .map(([name, write]) => [name, write(before), write(after)] as const)
    .filter(([, old, now]) => old !== now)
    .map(([name, old, now]) => `${name} ${old} -> ${now}`);
  const changed = shapes
    .filter(([, write]) => write(before) !== write(after))
    .map(([name]) => `${name} changed`);
  return [...written, ...changed];
}

/** The rule of a scene that stands for another scene's rule: the same id, or the same offence in the same zone, or the same offence alone. */
export function findCounterpart(
  rule: Pick<Rule, 'id' | 'offence' | 'zone'>,
  rules: readonly Rule[],
): Rule | null {
  return (
    rules.find(({ id, offence }) => id === rule.id && offence === rule.offence) ??
    rules.find(({ offence, zone }) => offence === rule.offence && zone === rule.zone) ??
    rules.find(({ offence }) => offence === rule.offence) ??
    null
  );
}
