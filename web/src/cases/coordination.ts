import type { FlowRecord } from '../api/types.ts';

/** The records of a case's newest coordination, from how it came to it to the decision; none where it never was in one. */
export function findCoordination(flow: readonly FlowRecord[]): readonly FlowRecord[] {
  const from = flow.findLastIndex((record) => record.to === 'coordination' && record.from !== 'coordination');
  if (from < 0) return [];
  const length = flow.slice(from).findIndex((record) => record.to !== 'coordination');
  return flow.slice(from, length < 0 ? undefined : from + length + 1);
}

/** The ids of the units that have spoken in these records. */
export function listSpeakers(records: readonly FlowRecord[]): readonly string[] {
  return records.flatMap(({ action, unit }) =>
    action === 'give_opinion' && unit !== null ? [typeof unit === 'string' ? unit : unit.id] : [],
  );
}

/** The ids of the units that the commander named in this record. */
export function listNamed({ action, details }: FlowRecord): readonly string[] {
  const units = action === 'consult' ? details['units'] : [];
  return Array.isArray(units) ? units.filter((unit) => typeof unit === 'string') : [];
}
