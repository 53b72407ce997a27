import { sql } from 'kysely';
import type { CaseClass, CaseLevel, CaseSource, GeoPoint, Offence, Role } from '../../domain/mod.ts';
import type { ConsoleContext } from '../context.ts';
import type { DatabaseTransaction, PhotoAttachment, Row } from '../database/tables.ts';
import { type Write, writeTogether } from '../database/write-together.ts';
import { insertCaseEvent } from '../integrations/outbox/case-event.ts';
import { insertNews } from '../live/live-event.ts';
import { takeCaseNo } from './case-no.ts';
import { isOutsideCoverage } from './coverage.ts';
import { selectStageFacts, toStageDeadline } from './deadline.ts';
import { insertFlow } from './flow-record.ts';
import { type Omission, toDetails } from './omissions.ts';
import { findGridAt } from './route-case.ts';

export interface NewReport {
  readonly source: CaseSource;
  readonly candidate: Row<'candidate'> | null;
  readonly class: CaseClass;
  readonly offence: Offence | null;
  readonly level: CaseLevel;
  readonly point: GeoPoint | null;
  readonly address: string | null;
  readonly description: string | null;
  readonly reporter: string | null;
  /** Of what the public reports: whether somebody had it before. */
  readonly omission?: Omission | null;
  readonly actor: string;
  readonly role: Role | null;
  readonly opinion: string | null;
  readonly atMs: number;
}

/** Makes the case of a report, whoever reported, in `reported` with the first record of its flow. */
export async function openCase(
  context: ConsoleContext,
  db: DatabaseTransaction,
  report: NewReport,
  attach: (caseNo: string) => Promise<PhotoAttachment[]> = async () => [],
): Promise<Row<'case_file'>> {
  const { candidate, atMs, point } = report;
  const at = new Date(atMs);
  const { stage } = await db.selectNoFrom(selectStageFacts('reported').as('stage')).executeTakeFirstOrThrow();
  const file = await db
    .insertInto('case_file')
    .values({
      case_no: await takeCaseNo(db, context.areaCode, atMs, context.timeZone),
      source: report.source,
      candidate_id: candidate?.id ?? null,
      state: 'reported',
      level: report.level,
      version: 1,
      offence: report.offence,
      class_scheme: report.class.scheme,
      class_code: report.class.code,
      camera_id: candidate?.camera_id ?? null,
      zone: candidate?.zone ?? null,
      lon: point?.lon ?? null,
      lat: point?.lat ?? null,
      outside_coverage: await isOutsideCoverage(context, db, { point, atMs }),
      grid_id: point === null ? null : await findGridAt(db, point),
      address: report.address,
      description: report.description,
      reporter: report.reporter,
      omission: report.omission?.earlier === null ? 'possible' : null,
      created_at: at,
      stage_from: at,
      stage_deadline: toStageDeadline(stage, context.timeZone, 'reported', atMs),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const caseNo = file.case_no;
  const flow = insertFlow(db, null, {
    case_no: caseNo,
    from_state: null,
    to_state: 'reported',
    action: 'report',
    actor: report.actor,
    role: report.role,
    unit_id: null,
    at,
    deadline: null,
    overdue: false,
    opinion: report.opinion,
    attachments: await attach(caseNo),
    round: 1,
    stage_deadline: null,
    details: {
      source: report.source,
      scheme: report.class.scheme,
      code: report.class.code,
      ...(report.omission && toDetails(report.omission)),
    },
  });
  await writeTogether(db, [
    ...keepText(db, file),
    flow,
    insertCaseEvent(context, file, { action: 'report', from: null, role: report.role, atMs }),
    insertNews([{ event: { event: 'case', data: { caseNo, state: 'reported' } }, places: [file] }]),
  ]);
  return file;
}

/** What the lists of cases are searched by. Neither address nor description changes later. */
function keepText(db: DatabaseTransaction, file: Row<'case_file'>): Write[] {
  const text = [file.address, file.description].filter((part) => part !== null).join(' / ');
  if (text === '') return [];
  const body = sql<string>`search_text(${text})`;
  return [db.insertInto('case_text').values({ case_no: file.case_no, body })];
}
