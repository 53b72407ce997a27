import Type, { type Static } from 'typebox';
import { durationPattern, parseDuration } from './duration.ts';
import { type Point, type Polygon, toPolygonArea } from './geometry.ts';
import { isObjectClass, type ObjectClass, objectClasses } from './object-class.ts';
import { type Offence, offenceFacts, offences } from './offence.ts';
import type { Schedule } from './schedule.ts';
import { findSchemaIssues, type SchemaIssue } from './schema-issue.ts';

const Duration = (description: string) => Type.String({ pattern: durationPattern, description });

const Coordinate = Type.Number({ minimum: 0, maximum: 1, description: '0-1 of the picture' });

const RuleFile = Type.Object(
  {
    id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'Name of the rule; default offence@zone' }),
    ),
    offence: Type.Enum([...offences], { description: 'What the rule watches for' }),
    zone: Type.String({ description: 'A zone of this scene' }),
    classes: Type.Optional(
      Type.Array(Type.String(), { minItems: 1, description: "Classes to follow; default: the offence's" }),
    ),
    onset: Type.Optional(Duration('At rest this long before it is followed, e.g. 60s')),
    legal: Type.Optional(Duration('At rest this long before a candidate is raised, e.g. 5m')),
    gap: Type.Optional(Duration("Longest time unseen that a stay survives; default: the offence's")),
    minScore: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'Mean score a candidate needs; default 0.4' }),
    ),
  },
  { additionalProperties: false },
);

/** A scene file: the zones of one camera's picture and the rules that hold in them. */
export const SceneFile = Type.Object(
  {
    version: Type.Optional(
      Type.String({ maxLength: 100, description: 'Free text; default: a hash of the content' }),
    ),
    zones: Type.Record(
      Type.String({ minLength: 1, maxLength: 100 }),
      Type.Array(Type.Tuple([Coordinate, Coordinate], { minItems: 2, maxItems: 2 }), { minItems: 3 }),
      { description: 'Polygons by name, points as [x, y]' },
    ),
    rules: Type.Array(RuleFile, { minItems: 1 }),
    crops: Type.Optional(
      Type.Enum(['auto', 'off'], {
        description:
          'auto (default): zones that cover little of the picture are looked at by themselves, which costs a run of the model each (two at most)',
      }),
    ),
  },
  { additionalProperties: false, description: 'Xunjie scene' },
);
export type SceneFile = Static<typeof SceneFile>;

export interface Rule {
  readonly id: string;
  readonly offence: Offence;
  readonly zone: string;
  readonly polygon: Polygon;
  readonly classes: readonly ObjectClass[];
  readonly onsetMs: number;
  readonly legalMs: number;
  /** Longest time in view but unseen that a stay survives. */
  readonly gapMs: number;
  readonly minScore: number;
  /** Classes of the same families that the offence does not concern: they are followed and never become candidates. */
  readonly exempt: readonly ObjectClass[];
  /** Parts of the zone in which the offence is none, e.g. marked bays. */
  readonly exemptAreas: readonly Polygon[];
  /** `null`: always in force. */
  readonly schedule: Schedule | null;
  /** `null`: one stay is one candidate; otherwise another is raised each time the stay has gone on for this long. */
  readonly repeatMs: number | null;
  /** After the end of a candidate, what appears in its place within this time without having been seen to come is held for the same thing. */
  readonly cooldownMs: number;
  /** Candidates that may be raised within an hour; what is over waits. */
  readonly capPerHour: number;
  /** Whether vehicles that stand in a queue wait for it to go. */
  readonly congestion: 'suppress' | 'ignore';
  /** Name of the place in the city that the zone shows, where other cameras show it too; `null`: this camera alone. */
  readonly place: string | null;
}

/** Points of the picture (0-1) and where they lie on the ground, metres from any origin. At least four, no three on a line. */
export interface Ground {
  readonly points: readonly { readonly at: Point; readonly metres: Point }[];
  /** Picture to ground: row-major 3x3, applied to [x, y, 1]. */
  readonly toMetres: readonly number[];
}

export interface Scene {
  readonly version: string;
  readonly zones: Readonly<Record<string, Polygon>>;
  readonly rules: readonly Rule[];
  /** The ground plane, where it has been measured. */
  readonly ground?: Ground;
  /** Whether zones that cover little of the picture are looked at by themselves; default `auto`. */
  readonly crops?: 'auto' | 'off';
}

const defaultMinScore = 0.4;
const defaultCooldownMs = 30 * 60_000;
const defaultCapPerHour = 20;
const minZoneArea = 1e-6;

/** Checks a parsed scene file and fills in defaults. `version` names the content where the file gives none. */
export function resolveScene(
  value: unknown,
  version: string,
): { scene: Scene; issues: [] } | { scene: null; issues: SchemaIssue[] } {
  const schemaIssues = findSchemaIssues(SceneFile, value);
  if (schemaIssues.length > 0) return { scene: null, issues: schemaIssues };
  const file = value as SceneFile;
  const issues: SchemaIssue[] = [];
  for (const [name, polygon] of Object.entries(file.zones)) {
    if (toPolygonArea(polygon) < minZoneArea)
      issues.push({ path: ['zones', name], message: 'has no area: its points lie on one line' });
  }
  const rules: Rule[] = [];
  const seenIds = new Set<string>();
  for (const [index, entry] of file.rules.entries()) {
    const facts = offenceFacts[entry.offence];
    const polygon = Object.hasOwn(file.zones, entry.zone) ? file.zones[entry.zone] : undefined;
    if (polygon === undefined)
      issues.push({
        path: ['rules', index, 'zone'],
        message: `no zone "${entry.zone}"; this scene has ${Object.keys(file.zones).join(', ') || 'none'}`,
      });
    for (const [classIndex, name] of (entry.classes ?? []).entries())
      if (!isObjectClass(name))
        issues.push({
          path: ['rules', index, 'classes', classIndex],
          message: `unknown class "${name}"; known: ${objectClasses.join(', ')}`,
        });
    const legalMs = toMs(entry.legal) ?? facts.legalMs;
    const onsetMs = toMs(entry.onset) ?? Math.min(facts.onsetMs, legalMs);
    if (onsetMs > legalMs)
      issues.push({
        path: ['rules', index, 'onset'],
        message: `onset ${entry.onset} is longer than legal ${entry.legal}`,
      });
    const id = entry.id ?? `${entry.offence}@${entry.zone}`;
    if (seenIds.has(id))
      issues.push({
        path: ['rules', index],
        message: `two rules are called "${id}"; give one an id of its own`,
      });
    seenIds.add(id);
    rules.push({
      id,
      offence: entry.offence,
      zone: entry.zone,
      polygon: polygon ?? [],
      classes: (entry.classes as ObjectClass[] | undefined) ?? facts.classes,
      onsetMs,
      legalMs,
      gapMs: toMs(entry.gap) ?? facts.gapMs,
      minScore: entry.minScore ?? defaultMinScore,
      exempt: [],
      exemptAreas: [],
      schedule: null,
      repeatMs: null,
      cooldownMs: defaultCooldownMs,
      capPerHour: defaultCapPerHour,
      congestion: entry.offence === 'sidewalk_parking' ? 'suppress' : 'ignore',
      place: null,
    });
  }
  if (issues.length > 0) return { scene: null, issues };
  return {
    scene: {
      version: file.version ?? version,
      zones: file.zones,
      rules,
      ...(file.crops !== undefined && { crops: file.crops }),
    },
    issues: [],
  };
}

function toMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : (parseDuration(text) ?? undefined);
}
