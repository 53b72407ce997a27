import { type CaseState, type Transition, XunjieError } from '../../domain/mod.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, Row } from '../database/tables.ts';
import type { ActionBody } from './schema.ts';

/** A step that somebody wants to take: post, version and fields are in order, its guard is yet to say so. */
export interface Step {
  readonly context: ConsoleContext;
  readonly db: DatabaseTransaction;
  readonly before: Row<'case_file'>;
  readonly transition: Transition;
  readonly body: ActionBody;
  readonly user: User;
  readonly ip: string;
  readonly atMs: number;
}

/** What a step does beside the state that the table names. */
export interface Effect {
  /** Another state of `transition.or`. */
  readonly to?: CaseState;
  readonly changes?: Partial<Row<'case_file'>>;
  /** For the flow record, beside opinion and photos. */
  readonly details?: Record<string, unknown>;
  /** Whose record it is, where that is not the unit that the case is with. */
  readonly unitId?: string;
  /** What follows in other cases, once this one is written. */
  readonly follow?: () => Promise<void>;
}

/** A field of the request that does not fit: 400. */
export function refuseField(field: string, why: string): XunjieError {
  return new XunjieError('bad_request', `body.${field}: ${why}`, { details: { field: `body.${field}` } });
}
