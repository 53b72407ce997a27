import { type CaseClass, type GeoPoint, isInRing } from '../../domain/mod.ts';
import type { Database, Row } from '../database/tables.ts';

type Rule = Row<'routing_rule'>;

/**
 * The units that the routing rules name for a class in a grid. The rules that say most decide: those of the class before
 * those of its major class before those of any; among these, those of the grid before those of anywhere. 主体唯一: one unit is
 * a route, several are a contradiction that the commander settles, none leaves it to the commander too.
 */
export async function routeCase(
  db: Database,
  found: { readonly class: CaseClass; readonly gridId: string | null },
): Promise<{ readonly units: readonly string[]; readonly rule: string | null }> {
  const { scheme, code } = found.class;
  // A rule may be written in the other scheme.
  const known = await db
    .selectFrom('case_class')
    .select(['same_scheme', 'same_code'])
    .where('scheme', '=', scheme)
    .where('code', '=', code)
    .executeTakeFirst();
  const classes = [
    found.class,
    ...(known?.same_scheme && known.same_code ? [{ scheme: known.same_scheme, code: known.same_code }] : []),
  ];
  const rules = await db
    .selectFrom('routing_rule')
    .innerJoin('unit', 'unit.id', 'routing_rule.unit_id')
    .selectAll('routing_rule')
    .where('unit.is_active', '=', true)
    .orderBy('routing_rule.id')
    .execute();
  const ranked = rules
    .map((rule) => ({ rule, rank: rankRule(rule, classes, found.gridId) }))
    .filter(({ rank }) => rank > 0);
  const highest = Math.max(0, ...ranked.map(({ rank }) => rank));
  const best = ranked.filter(({ rank }) => rank === highest).map(({ rule }) => rule);
  const units = [...new Set(best.map((rule) => rule.unit_id))];
  return { units, rule: units.length === 1 ? (best[0]?.id ?? null) : null };
}

/** 0 where the rule does not hold; the higher, the more it says. */
function rankRule(rule: Rule, classes: readonly CaseClass[], gridId: string | null): number {
  if (rule.grid_id !== null && rule.grid_id !== gridId) return 0;
  const ofGrid = rule.grid_id === null ? 0 : 1;
  if (rule.class_scheme === null) return 1 + ofGrid;
  const codes = classes.filter(({ scheme }) => scheme === rule.class_scheme).map(({ code }) => code);
  if (codes.includes(rule.class_code ?? '')) return 5 + ofGrid;
  return codes.some((code) => code.slice(0, 2) === rule.class_code) ? 3 + ofGrid : 0;
}

/** The grid that a point lies in; `null` outside all of them. */
export async function findGridAt(db: Database, point: GeoPoint): Promise<string | null> {
  const grids = await db.selectFrom('grid').select(['id', 'ring']).orderBy('id').execute();
  return grids.find(({ ring }) => isInRing(point, ring))?.id ?? null;
}
