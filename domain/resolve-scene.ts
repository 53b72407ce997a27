import { formatDuration, parseDuration } from './duration.ts';
import { type Point, type Polygon, toPolygonArea } from './geometry.ts';
import type { ObjectClass } from './object-class.ts';
import { type OffenceFacts, offenceFacts } from './offence.ts';
import { type PlacedArea, resolveGround } from './resolve-ground.ts';
import { describeUnknownZone, resolveSchedule } from './resolve-schedule.ts';
import type { Rule, Scene } from './scene.ts';
import {
  defaultCapPerHour,
  defaultCooldown,
  defaultMinScore,
  defaultTimeZone,
  type RuleFile,
  SceneFile,
} from './scene-file.ts';
import { findSchemaIssues, type SchemaIssue } from './schema-issue.ts';
import { findCrossingSides } from './simple-polygon.ts';
import { isTimeZone } from './zoned-time.ts';

const minZoneArea = 1e-6;

interface Zone {
  readonly polygon: Polygon;
  readonly exempt: readonly Polygon[];
  readonly place: string | null;
}

/** Checks a parsed scene file and fills in defaults. `version` names the content where the file gives none. */
export function resolveScene(
  value: unknown,
  version: string,
): { scene: Scene; issues: [] } | { scene: null; issues: SchemaIssue[] } {
  const schemaIssues = findSchemaIssues(SceneFile, value);
  if (schemaIssues.length > 0) return { scene: null, issues: schemaIssues };
  const file = value as SceneFile;
  const issues: SchemaIssue[] = [];
  const report = (path: SchemaIssue['path'], message: string): void => void issues.push({ path, message });
  const timeZone = file.timeZone ?? defaultTimeZone;
  if (!isTimeZone(timeZone)) report(['timeZone'], describeUnknownZone(timeZone));
  const zones = resolveZones(file, report);
  const polygons = Object.fromEntries([...zones].map(([name, { polygon }]) => [name, polygon]));
  const ground = resolveGround(file.ground, listAreas(zones), report);
  const rules: Rule[] = [];
  for (const [index, entry] of file.rules.entries()) {
    const zone = zones.get(entry.zone);
    if (zone === undefined)
      report(
        ['rules', index, 'zone'],
        `no zone "${entry.zone}"; this scene has ${[...zones.keys()].join(', ') || 'none'}`,
      );
    const rule = resolveRule(entry, zone, timeZone, (path, message) =>
      report(['rules', index, ...path], message),
    );
    if (rules.some(({ id }) => id === rule.id))
      report(['rules', index], `two rules are called "${rule.id}"; give one an id of its own`);
    rules.push(rule);
  }
  if (issues.length > 0) return { scene: null, issues };
  return {
    scene: {
      version: file.version ?? version,
      timeZone,
      zones: polygons,
      rules,
      ...(ground !== null && { ground }),
      ...(file.crops !== undefined && { crops: file.crops }),
    },
    issues: [],
  };
}

type Report = (path: SchemaIssue['path'], message: string) => void;

function listAreas(zones: ReadonlyMap<string, Zone>): PlacedArea[] {
  return [...zones].flatMap(([name, { polygon, exempt }]) => [
    { path: ['zones', name], polygon },
    ...exempt.map((area, index) => ({ path: ['zones', name, 'exempt', index], polygon: area })),
  ]);
}

function resolveZones(file: SceneFile, report: Report): Map<string, Zone> {
  const zones = new Map<string, Zone>();
  for (const [name, entry] of Object.entries(file.zones)) {
    const isBare = Array.isArray(entry);
    const zone: Zone = {
      polygon: toPolygon(isBare ? entry : entry.polygon),
      exempt: isBare ? [] : (entry.exempt ?? []).map(toPolygon),
      place: isBare ? null : (entry.place ?? null),
    };
    reportShape(zone.polygon, ['zones', name, ...(isBare ? [] : ['polygon'])], report);
    for (const [index, polygon] of zone.exempt.entries())
      reportShape(polygon, ['zones', name, 'exempt', index], report);
    zones.set(name, zone);
  }
  return zones;
}

/** Without the corners that a file names twice in a row, as those do that close a polygon with its first point. */
function toPolygon(points: readonly (readonly number[])[]): Polygon {
  return points
    .map(([x = 0, y = 0]): Point => [x, y])
    .filter(([x, y], index, all) => {
      const next = all[(index + 1) % all.length];
      return x !== next?.[0] || y !== next[1];
    });
}

function reportShape(polygon: Polygon, path: SchemaIssue['path'], report: Report): void {
  if (isOnOneLine(polygon)) {
    report(path, 'has no area: its points lie on one line');
    return;
  }
  const crossing = findCrossingSides(polygon);
  if (crossing === null) return;
  const [first, second] = crossing.map((side) => `${side + 1}-${((side + 1) % polygon.length) + 1}`);
  report(
    path,
    `crosses itself: the side between its points ${first} meets the one between ${second}; name the corners in the order in which one walks around the zone`,
  );
}

/** Whether no three of the points span a triangle worth the name. */
function isOnOneLine(polygon: Polygon): boolean {
  const [origin] = polygon;
  return polygon.every((a) => polygon.every((b) => toPolygonArea([origin as Point, a, b]) < minZoneArea));
}

function resolveRule(entry: RuleFile, zone: Zone | undefined, timeZone: string, report: Report): Rule {
  const facts = offenceFacts[entry.offence];
  const legalMs = toMs(entry.legal) ?? facts.legalMs;
  const onsetMs = toMs(entry.onset) ?? Math.min(facts.onsetMs, legalMs);
  if (onsetMs > legalMs)
    report(
      ['onset'],
      `onset ${entry.onset} is longer than legal ${entry.legal ?? formatDuration(legalMs)}; a stay is followed first and raised later`,
    );
  const repeatMs = entry.repeat === 'once' ? null : (toMs(entry.repeat) ?? null);
  if (repeatMs === 0)
    report(['repeat'], 'no time passes between repeats; once is right for a single candidate');
  return {
    id: entry.id ?? `${entry.offence}@${entry.zone}`,
    offence: entry.offence,
    zone: entry.zone,
    polygon: zone?.polygon ?? [],
    classes: resolveClasses(entry, facts, report),
    onsetMs,
    legalMs,
    gapMs: toMs(entry.gap) ?? facts.gapMs,
    minScore: entry.minScore ?? defaultMinScore,
    exempt: entry.exempt ?? [],
    exemptAreas: zone?.exempt ?? [],
    schedule: resolveSchedule(entry.schedule, timeZone, ['schedule'], report),
    repeatMs,
    cooldownMs: readMs(entry.cooldown ?? defaultCooldown),
    capPerHour: entry.capPerHour ?? defaultCapPerHour,
    congestion: entry.congestion ?? (entry.offence === 'sidewalk_parking' ? 'suppress' : 'ignore'),
    place: zone?.place ?? null,
  };
}

/** Of the offence's own classes those that are exempt are left out; to name one as both is a mistake. */
function resolveClasses(entry: RuleFile, facts: OffenceFacts, report: Report): readonly ObjectClass[] {
  const { classes = facts.classes, exempt = [] } = entry;
  for (const [index, name] of exempt.entries())
    if (entry.classes?.includes(name))
      report(
        ['exempt', index],
        `"${name}" is among the classes of this rule as well; leave it out of one of the two`,
      );
  const left = classes.filter((name) => !exempt.includes(name));
  if (left.length === 0 && entry.classes === undefined)
    report(['exempt'], `leaves no class: ${entry.offence} concerns ${facts.classes.join(', ')}`);
  return left;
}

function toMs(text: string | undefined): number | undefined {
  return text === undefined ? undefined : readMs(text);
}

/** The schema has seen to it that the text is a duration. */
function readMs(text: string): number {
  return parseDuration(text) ?? 0;
}
