import { sql } from 'kysely';
import type { CameraState, CandidateState, CaseState, ViewProblem } from '../../domain/mod.ts';
import type { Database } from '../database/tables.ts';

export type LiveEvent =
  | { readonly event: 'candidate'; readonly data: { readonly id: string; readonly state: CandidateState } }
  | { readonly event: 'case'; readonly data: { readonly caseNo: string; readonly state: CaseState } }
  | {
      readonly event: 'camera';
      readonly data: {
        readonly camera: string;
        readonly state: CameraState;
        readonly viewProblem: ViewProblem | null;
      };
    };

export const liveChannel = 'xunjie_live';

/** Tells every console on this database, once and only if the transaction around it commits. */
export async function publishLive(db: Database, event: LiveEvent): Promise<void> {
  await sql`select pg_notify(${liveChannel}, ${JSON.stringify(event)})`.execute(db);
}
