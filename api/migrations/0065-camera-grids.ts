import { type Kysely, sql } from 'kysely';

/**
 * The grid in which a camera stands, kept beside it: the queue and the news are narrowed by it for accounts and keys with limits. Whatever
 * writes a place or a grid, the database keeps it true, by the same rule as `findGridAt`: of several grids the first by id.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`alter table camera add column grid_id text references grid (id) on delete set null`.execute(db);
  await sql`
    create function is_in_ring(ring jsonb, lon double precision, lat double precision) returns boolean
    language sql immutable as $$
      with corner as (
        select at, (corner ->> 0)::float8 as lon_a, (corner ->> 1)::float8 as lat_a
        from jsonb_array_elements(ring) with ordinality as listed (corner, at)),
      edge as (
        select lon_a, lat_a,
          coalesce(lead(lon_a) over walk, first_value(lon_a) over walk) as lon_b,
          coalesce(lead(lat_a) over walk, first_value(lat_a) over walk) as lat_b
        from corner window walk as (order by at))
      select count(*) filter (where case when (lat_a > lat) = (lat_b > lat) then false
        else lon < lon_a + ((lat - lat_a) / (lat_b - lat_a)) * (lon_b - lon_a) end) % 2 = 1
      from edge
    $$`.execute(db);
  await sql`
    create function grid_at(lon double precision, lat double precision) returns text language sql stable as $$
      select id from grid where is_in_ring(ring, lon, lat) order by id limit 1
    $$`.execute(db);
  await sql`
    create function keep_camera_grid() returns trigger language plpgsql as $$
    begin
      update camera set grid_id = case when tg_op = 'DELETE' then null else grid_at(new.lon, new.lat) end
      where id = coalesce(new.camera_id, old.camera_id);
      return null;
    end $$`.execute(db);
  await sql`
    create trigger camera_place_grid after insert or delete or update of lon, lat on camera_place
    for each row execute function keep_camera_grid()`.execute(db);
  // Only cameras that the grid had, has now or may have left without one are looked at again.
  await sql`
    create function keep_cameras_of_grid() returns trigger language plpgsql as $$
    begin
      update camera set grid_id = grid_at(place.lon, place.lat)
      from camera_place place
      where place.camera_id = camera.id
        and case when tg_op = 'DELETE' then camera.grid_id is null or camera.grid_id = old.id
          else camera.grid_id = new.id or is_in_ring(new.ring, place.lon, place.lat) end;
      return null;
    end $$`.execute(db);
  await sql`
    create trigger grid_cameras after insert or delete or update of ring on grid
    for each row execute function keep_cameras_of_grid()`.execute(db);
  await sql`
    update camera set grid_id = grid_at(place.lon, place.lat)
    from camera_place place where place.camera_id = camera.id`.execute(db);
}
