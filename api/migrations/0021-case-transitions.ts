import { type Kysely, sql } from 'kysely';

/** What the side ways of the loop need: sources, class by scheme, place, round, counters, applications. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table case_file
      alter column candidate_id drop not null,
      alter column camera_id drop not null,
      alter column zone drop not null,
      alter column offence drop not null,
      add column source text not null default 'ai',
      add column class_scheme text,
      add column class_code text,
      add column description text,
      add column reporter text,
      add column lon double precision,
      add column lat double precision,
      add column grid_id text,
      add column round integer not null default 1,
      add column close_type text,
      add column is_verified boolean,
      add column first_dispatched_at timestamptz(3),
      add column wrong_dispatch_count integer not null default 0,
      add column return_count integer not null default 0,
      add column shuffle_count integer not null default 0,
      add column extension_count integer not null default 0,
      add column suspension_count integer not null default 0,
      add column rework_count integer not null default 0,
      add column urge_count integer not null default 0,
      add column overdue_exempt boolean not null default false,
      add column merged_into text references case_file (case_no),
      add column merged_from_state text,
      add check ((lon is null) = (lat is null)),
      add check ((source = 'ai') = (candidate_id is not null))`.execute(db);
  await sql`create index case_file_merged on case_file (merged_into) where merged_into is not null`.execute(
    db,
  );
  await sql`
    create table case_application (
      id uuid primary key default gen_random_uuid(),
      case_no text not null references case_file (case_no),
      round integer not null,
      kind text not null check (kind in ('return', 'extension', 'suspension', 'void', 'appeal')),
      state text not null default 'open' check (state in ('open', 'endorsed', 'granted', 'refused', 'lapsed')),
      unit_id text,
      applicant text not null,
      applied_at timestamptz(3) not null,
      reason text not null,
      until timestamptz(3),
      endorsed_by text,
      endorsed_at timestamptz(3),
      decided_by text,
      decided_at timestamptz(3)
    )`.execute(db);
  await sql`
    create unique index case_application_open on case_application (case_no, kind)
    where state in ('open', 'endorsed')`.execute(db);
  await giveClasses(db);
}

/** Standards and cases from before were kept by offence: each gets the class that the offence has. */
async function giveClasses(db: Kysely<unknown>): Promise<void> {
  await sql`
    alter table standard
      alter column offence drop not null,
      add column class_scheme text,
      add column class_code text`.execute(db);
  for (const table of ['standard', 'case_file'])
    await sql`
      update ${sql.table(table)} set
        class_scheme = case when offence = 'overflowing_bin' then 'local' else 'gbt30428.2-2013' end,
        class_code = case offence
          when 'sidewalk_parking' then '04-09'
          when 'non_motor_parking' then '04-10'
          when 'street_vending' then '04-01'
          when 'shop_overflow' then '04-05'
          when 'clutter' then '01-36'
          when 'exposed_garbage' then '01-10'
          when 'overflowing_bin' then '01-92'
          when 'illegal_construction' then '01-01'
        end`.execute(db);
  await sql`
    alter table standard alter column class_scheme set not null, alter column class_code set not null`.execute(
    db,
  );
  await sql`drop index standard_default`.execute(db);
  await sql`
    create unique index standard_default on standard (class_scheme, class_code, level) where is_default`.execute(
    db,
  );
}
