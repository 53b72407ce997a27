import { type Kysely, sql } from 'kysely';

/** Reports by the public: how to reach who sent one in. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table report_contact (
      case_no text primary key references case_file (case_no),
      key_id text not null,
      encrypted bytea not null
    )`.execute(db);
  await sql`create index case_file_by_creation on case_file (created_at desc, case_no)`.execute(db);
}
