import { parseDuration, type Rule, type Scene, XunjieError } from '../../domain/mod.ts';
import type { SceneSet } from './open-scenes.ts';

export const sweepParams = ['score', 'legal', 'onset', 'gap', 'cooldown', 'cap'] as const;
export type SweepParam = (typeof sweepParams)[number];

/** One value of a parameter, as it is written and as the rules have it (milliseconds, or the plain number). */
export interface SweepValue {
  readonly text: string;
  readonly value: number;
}

/** One setting that is tried: a value for each parameter. Plain data. */
export type Trial = readonly { readonly param: SweepParam; readonly value: SweepValue }[];

const fieldOf: Readonly<Record<SweepParam, keyof Rule>> = {
  score: 'minScore',
  legal: 'legalMs',
  onset: 'onsetMs',
  gap: 'gapMs',
  cooldown: 'cooldownMs',
  cap: 'capPerHour',
};
const isDuration = (param: SweepParam): boolean => param !== 'score' && param !== 'cap';
const maxValues = 200;

/** What scene files call otherwise. */
const fileNames: Readonly<Record<string, SweepParam>> = { minScore: 'score', capPerHour: 'cap' };

export function parseParam(text: string): SweepParam {
  const found = sweepParams.find((param) => param === (fileNames[text] ?? text));
  if (found === undefined)
    throw new XunjieError('bad_argument', `--param: "${text}" is none of ${sweepParams.join(', ')}`);
  return found;
}

/** `0.3,0.4,0.5`, `1m,3m,5m`, or from:to:step as in `0.3:0.7:0.05` and `1m:5m:30s`, ends included. Throws `bad_argument`. */
export function parseValues(param: SweepParam, text: string): SweepValue[] {
  const refuse = (why: string): never => {
    throw new XunjieError('bad_argument', `--values "${text}" for ${param}: ${why}`);
  };
  const parse = (part: string): number => {
    const number = isDuration(param)
      ? parseDuration(part.trim())
      : Number(part.trim() === '' ? Number.NaN : part);
    if (number === null || !Number.isFinite(number))
      return refuse(`"${part}" is no ${isDuration(param) ? 'duration such as 30s or 5m' : 'number'}`);
    if (param === 'score' && (number < 0 || number > 1)) return refuse(`${part} is not from 0 to 1`);
    if (param === 'cap' && (!Number.isInteger(number) || number < 1))
      return refuse(`${part} is no whole number above 0`);
    return number;
  };
  const range = text.split(':');
  if (range.length === 1)
    return unique(text.split(',').map((part) => ({ text: part.trim(), value: parse(part) })));
  const [from = 0, to = 0, step = 0] = range.map(parse);
  if (range.length !== 3) return refuse('a range is from:to:step');
  if (step <= 0 || to < from) return refuse('the step must be above 0 and the end not before the begin');
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  if (count > maxValues) return refuse(`${count} values; at most ${maxValues}`);
  return Array.from({ length: count }, (_, i) => {
    const value = isDuration(param) ? Math.round(from + i * step) : Number((from + i * step).toFixed(10));
    return { text: isDuration(param) ? writeDuration(value) : String(value), value };
  });
}

function unique(values: readonly SweepValue[]): SweepValue[] {
  return [...new Map(values.map((value) => [value.value, value])).values()].toSorted(
    (a, b) => a.value - b.value,
  );
}

/** As scene files write it: `90s`, `5m`, `1h30m`. */
export function writeDuration(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
    ['ms', 1],
  ];
  let rest = ms;
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text || '0s';
}

/** Every combination of the parameters' values. */
export function listTrials(params: readonly { param: SweepParam; values: readonly SweepValue[] }[]): Trial[] {
  let trials: Trial[] = [[]];
  for (const { param, values } of params)
    trials = trials.flatMap((trial) => values.map((value) => [...trial, { param, value }]));
  return trials;
}

/** The scenes with a trial's values in all rules, or in those named. Where `legal` falls below a rule's onset, the onset follows. */
export function applyTrial(scenes: SceneSet, trial: Trial, ruleIds: readonly string[]): SceneSet {
  const change = (scene: Scene): Scene => ({
    ...scene,
    rules: scene.rules.map((rule) => changeRule(rule, trial, ruleIds)),
  });
  return {
    common: scenes.common === null ? null : change(scenes.common),
    byCamera: Object.fromEntries(
      Object.entries(scenes.byCamera).map(([camera, scene]) => [camera, change(scene)]),
    ),
  };
}

function changeRule(rule: Rule, trial: Trial, ruleIds: readonly string[]): Rule {
  if (ruleIds.length > 0 && !ruleIds.includes(rule.id)) return rule;
  const changed: Rule = {
    ...rule,
    ...Object.fromEntries(trial.map(({ param, value }) => [fieldOf[param], value.value])),
  };
  if (changed.onsetMs <= changed.legalMs) return changed;
  if (trial.every(({ param }) => param !== 'onset')) return { ...changed, onsetMs: changed.legalMs };
  throw new XunjieError(
    'bad_argument',
    `rule ${rule.id}: an onset of ${writeDuration(changed.onsetMs)} is longer than legal ${writeDuration(changed.legalMs)}`,
  );
}

/** What the rules have now, ascending: milliseconds, or the plain number. */
export function listCurrent(
  scenes: readonly Scene[],
  param: SweepParam,
  ruleIds: readonly string[],
): number[] {
  const values = scenes
    .flatMap(({ rules }) => rules)
    .filter(({ id }) => ruleIds.length === 0 || ruleIds.includes(id))
    .map((rule) => Number(rule[fieldOf[param]]));
  return [...new Set(values)].toSorted((a, b) => a - b);
}

export function writeValue(param: SweepParam, value: number): string {
  return isDuration(param) ? writeDuration(value) : String(value);
}
