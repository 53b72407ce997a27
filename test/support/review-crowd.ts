import { createHash, randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { makeFacts, testStartMs } from './sealed-candidate.ts';

/** A database with many reviewers and a long queue, written directly: what matters is what happens to it afterwards. */
export interface ReviewCrowd {
  /** Session tokens, one for each reviewer. */
  readonly tokens: readonly string[];
  readonly sql: Client;
  close(): Promise<void>;
}

/** Adds reviewers who are logged in, and candidates with sealed evidence in the queue, all equal but for id, age and score. */
export async function addReviewCrowd(
  databaseUrl: string,
  options: { readonly reviewers: number; readonly candidates: number; readonly nowMs: number },
): Promise<ReviewCrowd> {
  const { reviewers, candidates, nowMs } = options;
  const sql = new Client(databaseUrl);
  await sql.connect();
  const tokens = Array.from({ length: reviewers }, () => randomBytes(32).toString('base64url'));
  const hashes = tokens.map((token) => createHash('sha256').update(token).digest('hex'));
  await sql.query(
    `with made as (
       insert into account (username, display_name, password_hash, roles)
       select 'crowd-' || n, 'crowd ' || n, 'none', array['reviewer'] from generate_series(1, $1) n
       returning id, username)
     insert into session (token_hash, account_id, created_at, used_at)
     select ($2::text[])[substr(username, 7)::int], id, $3, $3 from made`,
    [reviewers, hashes, new Date(nowMs)],
  );
  const facts = makeFacts({ fromMs: testStartMs, offence: 'street_vending', class: 'vendor_stall' });
  const items = (['first', 'middle', 'last'] as const).flatMap((moment) =>
    (['original', 'annotated', 'masked'] as const).map((kind) => ({
      kind,
      path: `${kind}/${moment}.jpg`,
      mediaType: 'image/jpeg',
      sha256: '0'.repeat(64),
      bytes: 200_000,
      moment,
      capturedAtMs: facts[moment].capturedAtMs,
      ptsMs: facts[moment].ptsMs,
      width: 1920,
      height: 1080,
    })),
  );
  await sql.query(
    `insert into candidate (id, camera_id, offence, zone, state, version, urgency, from_at, raised_at, dwell_ms, mean_score,
       facts, facts_at, facts_rank, queued_at, limit_at)
     select 'crowd' || lpad(n::text, 21, '0'), 'cam-' || (n % 80), $1, 'zone-' || (n % 9), 'pending_review', 2, n % 4,
       $2::timestamptz + n * interval '1 s', $2::timestamptz + n * interval '1 s', 360000, 0.5 + (n % 50) / 100.0,
       $3::jsonb || jsonb_build_object('id', 'crowd' || lpad(n::text, 21, '0')), $2, 2, $4, $4::timestamptz + interval '1 day'
     from generate_series(1, $5::int) n`,
    [facts.offence, new Date(testStartMs), JSON.stringify(facts), new Date(nowMs), candidates],
  );
  await sql.query(
    `insert into evidence (candidate_id, manifest_hash, key_id, items, sealed_facts, sealed_at)
     select id, encode(sha256(id::bytea), 'hex'), '0123456789abcdef', $1::jsonb, facts, $2 from candidate where id like 'crowd%'`,
    // Sealed now: evidence whose time is over would be deleted meanwhile.
    [JSON.stringify(items), new Date(nowMs)],
  );
  // As a database that has been running for a while is: the queue is counted from its index alone.
  await sql.query('vacuum analyze');
  return { tokens, sql, close: () => sql.end() };
}
