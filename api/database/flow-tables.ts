import type { Generated } from 'kysely';
import type { CameraState } from '../../domain/mod.ts';

/** What lists, figures and pages are told from, beside the cases themselves. */
export interface FlowTables {
  /** What a case is searched by, and the pairs of characters in it, which the database makes. */
  case_text: { case_no: string; body: string };
  /** Beside each case, written with every record of its flow. */
  case_life: {
    case_no: string;
    created_at: Date;
    last_at: Date;
    is_ended: boolean;
    records: number;
    /** How many of the records the tallies know; `null`: they do not know the case. */
    tallied: number | null;
  };
  /** What ended cases add to the figures of a day. */
  indicator_tally: {
    dimension: string;
    day: string;
    key: string;
    name: string;
    /** The day of what this repeats; `-infinity`: nothing. */
    since_day: string;
    member: string;
    n: number;
  };
  /** What pages are told; the number is given when the transaction ends. */
  live_event: { row_no: Generated<number>; id: number | null; event: string };
  live_position: { last_id: number };
  /** From when on a camera was in a state; `unknown`: it was not heard of. */
  camera_state_change: { camera_id: string; at: Date; state: CameraState | 'unknown' };
  indicator_zone: { time_zone: string };
}
