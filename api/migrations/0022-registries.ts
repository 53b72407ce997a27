import { type Kysely, sql } from 'kysely';

/** What a city knows of itself: grids, units, people by post, duty, classes, routing, offence items, where its cameras stand. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table grid (
      id text primary key,
      name text not null,
      town text,
      ring jsonb not null
    )`.execute(db);
  await sql`alter table case_file add foreign key (grid_id) references grid (id)`.execute(db);
  await sql`
    alter table unit
      add column level text,
      add column parent_id text references unit (id) deferrable,
      add column is_active boolean not null default true`.execute(db);
  await sql`
    create table person (
      id text primary key,
      post text not null,
      number integer not null check (number > 0),
      unit_id text references unit (id),
      username text unique,
      is_active boolean not null default true
    )`.execute(db);
  await sql`
    create unique index person_post on person (post, number, coalesce(unit_id, ''))`.execute(db);
  await sql`
    create table grid_collector (
      grid_id text not null references grid (id),
      person_id text not null references person (id),
      from_date text not null,
      to_date text,
      primary key (grid_id, person_id, from_date)
    )`.execute(db);
  await sql`
    create table duty (
      date text not null,
      shift text not null,
      person_id text not null references person (id),
      from_time text not null,
      to_time text not null,
      primary key (date, shift, person_id)
    )`.execute(db);
  await sql`
    create table case_class (
      scheme text not null,
      code text not null,
      kind text not null,
      major text not null,
      name text not null,
      offence text,
      same_scheme text,
      same_code text,
      is_active boolean not null default true,
      primary key (scheme, code)
    )`.execute(db);
  await sql`
    create table routing_rule (
      id text primary key,
      class_scheme text,
      class_code text,
      grid_id text references grid (id),
      unit_id text not null references unit (id),
      check ((class_scheme is null) = (class_code is null))
    )`.execute(db);
  await sql`
    create table offence_item (
      code text primary key,
      name text not null,
      class_scheme text not null,
      class_code text not null,
      legal_basis text not null,
      penalty_mode text not null,
      first_offence_policy text,
      non_site_enabled boolean not null,
      public_list_url text
    )`.execute(db);
  await sql`
    create table camera_place (
      camera_id text primary key references camera (id),
      lon double precision not null,
      lat double precision not null,
      address text,
      road text,
      kind text not null,
      mounted_m double precision
    )`.execute(db);
}
