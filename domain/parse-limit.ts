import { XunjieError } from './errors.ts';
import { type Limit, type LimitUnit, limitUnits } from './work-time.ts';

const digits: Readonly<Record<string, number>> = {
  半: 0.5,
  一: 1,
  二: 2,
  两: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};

/** 小时 and 天 alone are working time, as the cities' tables mean them. */
const plainUnits: Readonly<Record<string, LimitUnit>> = {
  工作时: 'work_hour',
  工作小时: 'work_hour',
  小时: 'work_hour',
  时: 'work_hour',
  工作日: 'work_day',
  工作天: 'work_day',
  天: 'work_day',
  日: 'work_day',
  自然日: 'natural_day',
  自然天: 'natural_day',
  日历日: 'natural_day',
};

const pattern =
  /^(?<before>紧急)?(?<value>\d+(?:\.\d+)?|[半一二两三四五六七八九十]+)个?(?<urgent>紧急)?(?<unit>工作时|工作小时|小时|时|工作日|工作天|天|日|自然日|自然天|日历日)(?:以?内)?$/u;

/**
 * Reads a limit as standards write it (`4个工作日`, `2紧急工作时`, `四小时内`) or as this program does (`4 work_day`).
 * 紧急 wins over the unit behind it: urgent hours are no working hours, and an urgent day is a natural day.
 */
export function parseLimit(text: string): Limit {
  const own = /^\s*(\d+(?:\.\d+)?)\s+([a-z_]+)\s*$/.exec(text);
  const unit = limitUnits.find((known) => known === own?.[2]);
  if (own !== null && unit !== undefined) return requireTime(Number(own[1]), unit, text);
  const parts = pattern.exec(text.replaceAll(/[\s()()]/gu, ''))?.groups;
  const plain = plainUnits[parts?.['unit'] ?? ''];
  const value = toNumber(parts?.['value'] ?? '');
  if (parts === undefined || plain === undefined || value === null)
    throw new XunjieError(
      'bad_argument',
      `"${text}" is not a limit; write for example 4工作日, 4工作时, 2紧急工作时, 3自然日 or 4 work_day`,
    );
  const isUrgent = parts['before'] !== undefined || parts['urgent'] !== undefined;
  return requireTime(value, isUrgent ? toUrgent(plain) : plain, text);
}

function requireTime(value: number, unit: LimitUnit, text: string): Limit {
  if (value > 0 && (unit !== 'work_day' || Number.isInteger(value))) return { value, unit };
  throw new XunjieError(
    'bad_argument',
    unit === 'work_day' && value > 0
      ? `"${text}": working days come whole`
      : `"${text}" is a limit of no time`,
  );
}

function toUrgent(unit: LimitUnit): LimitUnit {
  return unit === 'work_hour' || unit === 'urgent_hour' ? 'urgent_hour' : 'natural_day';
}

/** Up to 99: 十五 is 15, 二十 is 20. */
function toNumber(text: string): number | null {
  if (/^\d/.test(text)) return Number(text);
  const [tens, ones, more] = text.split('十');
  if (more !== undefined) return null;
  if (ones === undefined) return text.length === 1 ? (digits[text] ?? null) : null;
  const high = tens === '' ? 1 : digits[tens ?? ''];
  const low = ones === '' ? 0 : digits[ones];
  return high === undefined || low === undefined || high < 1 || (low !== 0 && low < 1)
    ? null
    : high * 10 + low;
}
