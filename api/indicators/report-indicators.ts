import {
  type Counts,
  computeIndicators,
  computeScores,
  emptyCounts,
  fromLocalTime,
  type Peers,
  type Role,
  toEnglishFormula,
  toWords,
  toZonedIso,
  XunjieError,
} from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database } from '../database/tables.ts';
import type { Dimension } from './case-atoms.ts';
import { countEvents } from './count-events.ts';
import type { IndicatorReport } from './schema.ts';

/** Posts that see everybody's figures; the others see what they did, an officer what the own unit did. */
const overseers: readonly Role[] = ['shift_leader', 'commander', 'clerk', 'legal_reviewer', 'auditor'];

export async function reportIndicators(
  context: ConsoleContext,
  asked: { readonly from: string; readonly to: string; readonly by: Dimension },
  user: User,
): Promise<IndicatorReport> {
  const { db, timeZone } = context;
  const fromMs = readInstant('from', asked.from, timeZone);
  const toMs = readInstant('to', asked.to, timeZone);
  if (fromMs >= toMs)
    throw new XunjieError('bad_request', `query.to: ${asked.to} is not after ${asked.from}`, {
      details: { field: 'query.to' },
    });
  const only = requireOwn(user, asked.by);
  const counted = await countEvents(db, {
    fromMs,
    toMs,
    by: asked.by,
    only,
    timeZone,
    nowMs: context.nowMs(),
  });
  const byKey = new Map<string | null, Record<string, number>>();
  if (asked.by === 'all') byKey.set('all', { ...emptyCounts });
  for (const { key, name, count } of counted) {
    const counts = byKey.get(key) ?? { ...emptyCounts };
    counts[name] = (counts[name] ?? 0) + count;
    byKey.set(key, counts);
  }
  const peers = toPeers([...byKey.values()] as Counts[]);
  const names = await loadNames(db, asked.by);
  const rows = [...byKey.entries()].map(([key, counts]) => ({
    key,
    name: key === null ? '(无)' : (names.get(key) ?? key),
    counts: counts as Counts,
    indicators: computeIndicators(counts as Counts).map((indicator) => ({
      ...indicator,
      nameEn: toWords(indicator.name),
      formulaEn: toEnglishFormula(indicator.formula),
    })),
    scores: computeScores(counts as Counts, peers).map((score) => ({
      ...score,
      formulaEn: toEnglishFormula(score.formula),
    })),
  }));
  return {
    from: toZonedIso(fromMs, timeZone),
    to: toZonedIso(toMs, timeZone),
    by: asked.by,
    // Whoever has most to do stands first; what belongs to nobody last.
    rows: rows.toSorted(
      (a, b) =>
        Number(a.key === null) - Number(b.key === null) ||
        b.counts.due - a.counts.due ||
        b.counts.reports - a.counts.reports ||
        String(a.key).localeCompare(String(b.key)),
    ),
  };
}

function toPeers(all: readonly Counts[]): Peers {
  const max = (name: keyof Peers) => Math.max(0, ...all.map((counts) => counts[name]));
  return { accepted: max('accepted'), dispatched: max('dispatched'), disposed: max('disposed') };
}

/** `null`: everybody's. Otherwise the one key that the user may see, in the one dimension where there is such a key. */
function requireOwn(user: User, by: Dimension): string | null {
  const { limitUnitIds, limitGridIds } = user.reach;
  const isWide = limitUnitIds === null && limitGridIds === null;
  if (isWide && (user.kind === 'machine' || user.roles.some((role) => overseers.includes(role)))) return null;
  if (by === 'person') return user.username;
  if (by === 'unit' && user.unit !== null && user.roles.includes('officer')) return user.unit.id;
  const own = user.roles.includes('officer') ? 'person or by unit' : 'person';
  throw new XunjieError('forbidden', `${user.username} sees only their own figures: ask by ${own}`, {
    details: { posts: overseers },
  });
}

/** A local date stands for its midnight. */
function readInstant(field: string, text: string, timeZone: string): number {
  const isDate = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text);
  const utcMs = isDate ? Date.parse(`${text}T00:00:00Z`) : isInstant ? Date.parse(text) : Number.NaN;
  const isReal = !isDate || (!Number.isNaN(utcMs) && new Date(utcMs).toISOString().startsWith(text));
  if (Number.isNaN(utcMs) || !isReal)
    throw new XunjieError(
      'bad_request',
      `query.${field}: "${text}" is neither a date nor a time with an offset`,
      {
        details: { field: `query.${field}` },
      },
    );
  return isDate ? fromLocalTime(text, 0, timeZone) : utcMs;
}

async function loadNames(db: Database, by: Dimension): Promise<ReadonlyMap<string, string>> {
  switch (by) {
    case 'unit':
      return toNames(await db.selectFrom('unit').select(['id', 'name']).execute());
    case 'grid':
      return toNames(await db.selectFrom('grid').select(['id', 'name']).execute());
    case 'camera':
      return toNames(await db.selectFrom('camera').select(['id', 'name']).execute());
    case 'person':
      return toNames(
        await db.selectFrom('account').select(['username as id', 'display_name as name']).execute(),
      );
    case 'class': {
      const classes = await db.selectFrom('case_class').select(['scheme', 'code', 'name']).execute();
      return new Map(classes.map(({ scheme, code, name }) => [`${scheme} ${code}`, `${code} ${name}`]));
    }
    case 'all':
      return new Map([['all', '合计']]);
    case 'source':
      return new Map([
        ['ai', '智能识别'],
        ['collector', '采集员上报'],
        ['public', '公众上报'],
        ['other', '其他'],
      ]);
    default:
      return by satisfies never;
  }
}

function toNames(
  rows: readonly { readonly id: string; readonly name: string }[],
): ReadonlyMap<string, string> {
  return new Map(rows.map(({ id, name }) => [id, name]));
}
