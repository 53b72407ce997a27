import { sql } from 'kysely';
import { toLocalTime, XunjieError } from '../../domain/mod.ts';
import type { DatabaseTransaction } from '../database/tables.ts';

const maxSerial = 99_999;

/**
 * The next case number: six-digit area code, local date, five-digit serial of the day; 19 digits. The serial's row stays
 * locked until the transaction ends, so two cases never share a number; one that rolls back leaves no gap.
 */
export async function takeCaseNo(
  db: DatabaseTransaction,
  areaCode: string,
  nowMs: number,
  timeZone: string,
): Promise<string> {
  const { date } = toLocalTime(nowMs, timeZone);
  const day = `${areaCode}${date.replaceAll('-', '')}`;
  const { rows } = await sql<{ last: number }>`
    insert into case_serial (day, last) values (${day}, 1)
    on conflict (day) do update set last = case_serial.last + 1
    returning last`.execute(db);
  const last = rows[0]?.last ?? 0;
  if (last < 1 || last > maxSerial)
    throw new XunjieError('internal', `case number series ${day} is used up: serial ${last}`);
  return `${day}${String(last).padStart(5, '0')}`;
}
