import { type Kysely, sql } from 'kysely';

/** The penalty track of a case, up to its hand-over and as it is told back. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table enforcement_file (
      case_no text primary key references case_file (case_no),
      state text not null,
      version integer not null default 1,
      notified_at timestamptz(3),
      objection_until timestamptz(3),
      objection_reason text,
      hand_over_message uuid,
      reference text,
      updated_at timestamptz(3) not null
    )`.execute(db);
  await sql`create index enforcement_file_by_state on enforcement_file (state, updated_at desc)`.execute(db);
  await sql`
    create table enforcement_step (
      case_no text not null references enforcement_file (case_no),
      seq integer not null,
      action text not null,
      from_state text,
      to_state text not null,
      actor text not null,
      role text,
      at timestamptz(3) not null,
      note text,
      primary key (case_no, seq)
    )`.execute(db);
  await sql`
    create trigger enforcement_step_append_only before update or delete or truncate on enforcement_step
    for each statement execute function refuse_change()`.execute(db);
  await sql`
    insert into enforcement_file (case_no, state, updated_at)
    select case_no, 'evidence_sealed', created_at from case_file where penalty_track`.execute(db);
  await sql`
    insert into enforcement_step (case_no, seq, action, from_state, to_state, actor, at)
    select case_no, 1, 'open', null, 'evidence_sealed', 'system', updated_at from enforcement_file`.execute(
    db,
  );
}
