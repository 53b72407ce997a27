import {
  applyHomography,
  formatDuration,
  type Ground,
  offenceFacts,
  type Point,
  type Polygon,
  type Rule,
  type Scene,
  toPolygonArea,
  toZonedIso,
} from '../../domain/mod.ts';
import { describeHours, describeSchedule } from './describe-schedule.ts';

/** What a scene says with all its numbers, and what holds at an instant, line by line. */
export function describeScene(scene: Scene, atMs: number): string[] {
  const { ground } = scene;
  return [
    `version ${scene.version}, time zone ${scene.timeZone}, at ${toZonedIso(Math.floor(atMs / 1000) * 1000, scene.timeZone)}`,
    ...(ground ? [describeGround(ground)] : []),
    ...Object.keys(scene.zones).map((name) => describeZone(name, scene)),
    ...scene.rules.flatMap((rule) => describeRule(rule, scene.timeZone, atMs)),
  ];
}

function describeGround({ points, toMetres }: Ground): string {
  const errors = points.map(({ at, metres }) => toDistance(applyHomography(toMetres, at).point, metres));
  return `ground: ${points.length} points, ${
    points.length === 4
      ? 'which say nothing of their error; measure two more'
      : `off by at most ${Math.max(...errors).toFixed(2)} m`
  }`;
}

function describeZone(name: string, { zones, rules, ground }: Scene): string {
  const polygon = zones[name] as Polygon;
  const watching = rules.filter((rule) => rule.zone === name);
  const exemptAreas = watching[0]?.exemptAreas ?? [];
  const facts = [`${(100 * toPolygonArea(polygon)).toFixed(1)} % of the picture`];
  if (ground) facts.push(`${toSquareMetres(polygon, ground).toFixed(0)} m²`);
  if (exemptAreas.length > 0) facts.push(`exempt areas: ${exemptAreas.length}`);
  if (watching[0]?.place) facts.push(`shows ${watching[0].place}`);
  if (watching.length === 0) facts.push('no rule watches it');
  return `zone ${name}: ${facts.join(', ')}`;
}

function toSquareMetres(polygon: Polygon, { toMetres }: Ground): number {
  return toPolygonArea(polygon.map((corner) => applyHomography(toMetres, corner).point));
}

function toDistance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}

function describeRule(rule: Rule, timeZone: string, atMs: number): string[] {
  const { nameEn, nameZh } = offenceFacts[rule.offence];
  const exempt = rule.exempt.length > 0 ? `; exempt: ${rule.exempt.join(', ')}` : '';
  const repeat = rule.repeatMs === null ? 'never again' : `again every ${formatDuration(rule.repeatMs)}`;
  const congestion =
    rule.congestion === 'suppress'
      ? 'queues of traffic are waited for'
      : 'queues of traffic are not looked for';
  return [
    `rule ${rule.id}: ${nameEn} (${nameZh}) in ${rule.zone}`,
    `  classes: ${rule.classes.join(', ')}${exempt}`,
    `  followed after ${formatDuration(rule.onsetMs)}, raised after ${formatDuration(rule.legalMs)}, ${repeat}; unseen for up to ${formatDuration(rule.gapMs)}; mean score at least ${rule.minScore}`,
    `  same thing within ${formatDuration(rule.cooldownMs)} after its end; at most ${rule.capPerHour} an hour; ${congestion}`,
    `  hours: ${describeSchedule(rule.schedule)}`,
    `  at that time: ${describeHours(rule.schedule, atMs, timeZone)}`,
  ];
}
