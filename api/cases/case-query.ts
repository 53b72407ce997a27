import { sql } from 'kysely';
import { prepared } from '../database/prepared.ts';
import type { Database, Row } from '../database/tables.ts';

/** What has been applied for and endorsed: `extension/endorsed`. */
const waitingApplications = sql<string[]>`array(
  select kind || '/' || state from case_application
  where case_application.case_no = case_file.case_no and state in ('open', 'endorsed'))`;

/** A case with what its views need of camera, unit and evidence. */
export function selectCases(db: Database) {
  return db
    .selectFrom('case_file')
    .modifyFront(prepared)
    .leftJoin('camera', 'camera.id', 'case_file.camera_id')
    .leftJoin('unit', 'unit.id', 'case_file.unit_id')
    .leftJoin('evidence', 'evidence.candidate_id', 'case_file.candidate_id')
    .leftJoin('grid', 'grid.id', 'case_file.grid_id')
    .leftJoin('case_class', (join) =>
      join
        .onRef('case_class.scheme', '=', 'case_file.class_scheme')
        .onRef('case_class.code', '=', 'case_file.class_code'),
    )
    .selectAll('case_file')
    .select([
      'grid.name as grid_name',
      'case_class.name as class_name',
      waitingApplications.as('waiting'),
      'camera.name as camera_name',
      'unit.name as unit_name',
      'evidence.manifest_hash',
      'evidence.items',
      'evidence.sealed_facts',
    ]);
}

export type CaseRow = Row<'case_file'> & {
  readonly camera_name: string | null;
  readonly unit_name: string | null;
  readonly grid_name: string | null;
  readonly class_name: string | null;
  readonly waiting: string[];
  readonly manifest_hash: Row<'evidence'>['manifest_hash'];
  readonly items: Row<'evidence'>['items'];
  readonly sealed_facts: Row<'evidence'>['sealed_facts'];
};
