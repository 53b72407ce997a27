import { type Kysely, sql } from 'kysely';

/** The audit log, and the trigger that makes a table append-only whoever writes. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only: % refused', tg_table_name, lower(tg_op) using errcode = 'restrict_violation';
    end $$`.execute(db);
  await sql`
    create table audit_log (
      seq bigint generated always as identity primary key,
      at timestamptz(3) not null,
      actor text not null,
      action text not null,
      object_kind text not null,
      object_id text not null,
      result text not null,
      ip text,
      details jsonb not null
    )`.execute(db);
  await sql`create index audit_log_by_object on audit_log (object_kind, object_id)`.execute(db);
  await sql`
    create trigger audit_log_append_only before update or delete or truncate on audit_log
    for each statement execute function refuse_change()`.execute(db);
}
