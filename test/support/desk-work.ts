import { Client } from 'pg';

/** Something to read: a list whose pages are followed, or a single reply. */
export interface Reading {
  readonly kind: string;
  readonly path: string;
  readonly pages: number;
}

/** A step of a case, and what must be sent with it. */
export interface StepToTake {
  readonly token: string;
  readonly path: string;
  readonly body: object;
}

type Tokens = Readonly<Record<string, readonly string[]>>;

const open =
  'reported,verifying,accepted,registered,dispatched,in_disposal,disposed,checking,pending_close,coordination,suspended,self_disposed';

/** What the desks of a command centre look at. */
const readings: readonly Reading[] = [
  { kind: 'queue of candidates', path: '/api/candidates?state=pending_review&limit=50', pages: 6 },
  { kind: 'queue of open cases', path: `/api/cases?state=${open}&limit=50`, pages: 6 },
  { kind: 'queue by deadline', path: '/api/cases?sort=deadline&limit=50', pages: 6 },
  { kind: 'queue of late cases', path: '/api/cases?late=true&sort=deadline&limit=50', pages: 4 },
  {
    kind: 'queue of a unit',
    path: `/api/cases?unit=unit-03&state=dispatched,in_disposal&limit=50`,
    pages: 3,
  },
  { kind: 'list of all', path: '/api/cases?limit=50', pages: 12 },
  { kind: 'list of closed', path: '/api/cases?state=closed&limit=50', pages: 6 },
  {
    kind: 'list of refused and declined',
    path: '/api/cases?state=not_accepted,not_registered&limit=50',
    pages: 4,
  },
  { kind: 'list of a unit', path: '/api/cases?unit=unit-17&limit=50', pages: 6 },
  { kind: 'list of a grid', path: '/api/cases?grid=grid-09&limit=50', pages: 6 },
  { kind: 'list of a class', path: '/api/cases?class=04-09&limit=50', pages: 6 },
  {
    kind: 'list of a unit in a grid',
    path: '/api/cases?unit=unit-41&grid=grid-09&class=04-01&limit=50',
    pages: 4,
  },
  { kind: 'list of nothing', path: '/api/cases?state=voided&grid=grid-02&limit=50', pages: 1 },
  {
    kind: 'list by frequent words',
    path: `/api/cases?text=${encodeURIComponent('摆摊占道')}&limit=50`,
    pages: 4,
  },
  {
    kind: 'list by rare words',
    path: `/api/cases?text=${encodeURIComponent('安阳路 777 号')}&limit=50`,
    pages: 2,
  },
  { kind: 'list by no words', path: `/api/cases?text=${encodeURIComponent('无此地址')}&limit=50`, pages: 1 },
  {
    kind: 'list by words in a unit',
    path: `/api/cases?unit=unit-05&text=${encodeURIComponent('垃圾堆放')}&limit=50`,
    pages: 3,
  },
  { kind: 'list by number', path: '/api/cases?number=01234', pages: 1 },
];

export function listReadings(tokens: Tokens, desks: number) {
  const posts = ['reviewer', 'shift_leader', 'commander'];
  return Array.from({ length: desks }, (_, index) => {
    const post = posts[index % posts.length] ?? '';
    // Intake, reviewers and the like may read cases; candidates only these posts may.
    return { token: tokens[post]?.[index] ?? '', readings };
  });
}

const turns: readonly {
  readonly state: string;
  readonly action: string;
  readonly post: string;
  readonly hasPhoto: boolean;
}[] = [
  { state: 'reported', action: 'accept', post: 'intake_officer', hasPhoto: false },
  { state: 'verifying', action: 'verify_done', post: 'collector', hasPhoto: true },
  { state: 'accepted', action: 'register', post: 'shift_leader', hasPhoto: false },
  { state: 'registered', action: 'dispatch', post: 'dispatcher', hasPhoto: false },
  { state: 'dispatched', action: 'receive', post: 'officer', hasPhoto: false },
  { state: 'in_disposal', action: 'dispose', post: 'officer', hasPhoto: true },
  { state: 'disposed', action: 'send_check', post: 'intake_officer', hasPhoto: false },
  { state: 'checking', action: 'check_pass', post: 'collector', hasPhoto: true },
  { state: 'pending_close', action: 'close', post: 'shift_leader', hasPhoto: false },
];

/** The next step of so many cases in each state, mixed, by whoever's turn it is; photos are there. */
export async function listSteps(databaseUrl: string, tokens: Tokens, ofEach: number): Promise<StepToTake[]> {
  const sql = new Client(databaseUrl);
  await sql.connect();
  try {
    const steps: StepToTake[] = [];
    for (const { state, action, post, hasPhoto } of turns) {
      const { rows } = await sql.query<{
        case_no: string;
        version: number;
        unit_id: string | null;
        lon: number;
        lat: number;
      }>(
        `select case_no, version, unit_id, lon, lat from case_file
         where state = $1 and (standard_id is not null or class_code not in ('02-01', '03-07', '04-12', '05-02')) order by created_at desc limit $2`,
        [state, ofEach],
      );
      for (const { case_no: caseNo, version, unit_id: unit, lon, lat } of rows) {
        const token = post === 'officer' ? tokens[`officer ${unit}`]?.[0] : tokens[post]?.[0];
        if (token === undefined) continue;
        const photo = hasPhoto ? { photo: await addPhoto(sql, post, unit) } : {};
        const body = {
          version,
          ...photo,
          ...(action === 'verify_done' && { point: { lon, lat } }),
          ...(action === 'dispatch' && { unit: 'unit-07' }),
        };
        steps.push({ token, path: `/api/cases/${caseNo}/actions/${action}`, body });
      }
    }
    return steps.toSorted((a, b) => a.path.localeCompare(b.path));
  } finally {
    await sql.end();
  }
}

async function addPhoto(sql: Client, post: string, unit: string | null): Promise<string> {
  const username = post === 'officer' ? `bench-officer-${Number((unit ?? '').slice(-2))}` : `bench-${post}-1`;
  const { rows } = await sql.query<{ id: string }>(
    `insert into photo (sha256, bytes, width, height, uploaded_by, uploaded_at)
     select encode(sha256(gen_random_uuid()::text::bytea), 'hex'), 1000, 32, 24, id, now() from account where username = $1 returning id`,
    [username],
  );
  return rows[0]?.id ?? '';
}
