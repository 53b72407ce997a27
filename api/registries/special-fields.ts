import { parseLimit, type Ring, toMessage, type WorkPeriod } from '../../domain/mod.ts';
import { type Field, readMinute } from './field.ts';

/** Nothing in a city is given longer: what is more is a slip. */
const maxDays = 1000;
const maxHours = 10_000;
const unchosen = { choices: [], initial: '' } as const;

/** A limit as standards write it, in two columns: `4工作日`, `2紧急工作时`, `4 work_day`. */
export function limit(name: string): Field {
  return {
    name,
    kind: 'limit',
    ...unchosen,
    columns: ['limit_value', 'limit_unit'],
    isRequired: true,
    description: '4工作日, 4工作时, 2紧急工作时, 3自然日, 4 work_day',
    refersTo: null,
    read(text) {
      try {
        const { value, unit } = parseLimit(text);
        const max = unit.endsWith('hour') ? maxHours : maxDays;
        if (value > max) throw new RangeError(`${text} is more than ${max}`);
        return { limit_value: value, limit_unit: unit };
      } catch (error) {
        throw new RangeError(toMessage(error), { cause: error });
      }
    },
    write: (row) => `${String(row['limit_value'])} ${String(row['limit_unit'])}`,
  };
}

/** Work periods of a day, in order: `08:00-12:00 13:30-17:30`. */
export function periods(name: string): Field {
  return {
    name,
    kind: 'periods',
    ...unchosen,
    columns: [name],
    isRequired: true,
    description: '08:00-12:00 13:30-17:30',
    refersTo: null,
    read: (text) => ({ [name]: JSON.stringify(readPeriods(text)) }),
    write: (row) =>
      (row[name] as WorkPeriod[])
        .map(({ fromMinute, toMinute }) => `${toTime(fromMinute)}-${toTime(toMinute)}`)
        .join(' '),
  };
}

function readPeriods(text: string): WorkPeriod[] {
  const read = text
    .trim()
    .split(/[\s,]+/)
    .map((part) => {
      const [from, to, more] = part.split('-');
      if (from === undefined || to === undefined || more !== undefined)
        throw new RangeError(`"${part}" is no period such as 08:00-12:00`);
      const period = { fromMinute: readMinute(from), toMinute: readMinute(to) };
      if (period.fromMinute >= period.toMinute)
        throw new RangeError(`${part} ends before it begins; what runs past midnight is two periods`);
      return period;
    });
  for (const [index, period] of read.entries())
    if (period.fromMinute < (read[index - 1]?.toMinute ?? 0))
      throw new RangeError(`${toTime(period.fromMinute)} begins before the period before it has ended`);
  return read;
}

function toTime(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** The corners of a polygon, longitude before latitude: `120.60 27.76; 120.61 27.76; 120.61 27.77`. */
export function ring(name: string): Field {
  return {
    name,
    kind: 'ring',
    ...unchosen,
    columns: [name],
    isRequired: true,
    description: 'corners, longitude latitude: 120.60 27.76; 120.61 27.76; 120.61 27.77',
    refersTo: null,
    read: (text) => ({ [name]: JSON.stringify(readRing(text)) }),
    write: (row) => formatRing(row[name] as Ring),
  };
}

/** As a cell of a table holds it. */
export function formatRing(corners: Ring): string {
  return corners.map(([lon, lat]) => `${lon} ${lat}`).join('; ');
}

function readRing(text: string): Ring {
  const corners = text
    .split(';')
    .map((corner) => corner.trim())
    .filter((corner) => corner !== '')
    .map((corner): readonly [number, number] => {
      const [lon, lat, more] = corner.split(/\s+/).map(Number);
      if (
        lon === undefined ||
        lat === undefined ||
        more !== undefined ||
        !(Math.abs(lon) <= 180) ||
        !(Math.abs(lat) <= 90)
      )
        throw new RangeError(`"${corner}" is no corner: longitude, then latitude, in degrees`);
      return [lon, lat];
    });
  const [first] = corners;
  const last = corners.at(-1);
  const isClosed = corners.length > 1 && first?.[0] === last?.[0] && first?.[1] === last?.[1];
  const open = isClosed ? corners.slice(0, -1) : corners;
  if (open.length < 3) throw new RangeError(`a polygon has three corners at least, this has ${open.length}`);
  return open;
}
