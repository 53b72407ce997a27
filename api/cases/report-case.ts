import {
  type CaseClass,
  offenceFacts,
  offences,
  type Role,
  toOffenceClass,
  XunjieError,
} from '../../domain/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { User } from '../auth/user.ts';
import type { ConsoleContext } from '../context.ts';
import type { Database, DatabaseTransaction, PhotoAttachment, Row } from '../database/tables.ts';
import { attachPhoto } from '../photos/attach-photo.ts';
import { requireNotExcluded } from './coverage.ts';
import { findCase } from './find-case.ts';
import { findEarlier } from './omissions.ts';
import { openCase } from './open-case.ts';
import type { CaseDetail, ReportBody } from './schema.ts';

/** Posts that report by hand: a collector what they see, intake what the public or another system tells. */
export const reporterPosts: readonly Role[] = ['collector', 'intake_officer', 'shift_leader', 'commander'];

/** Makes a case of a report by hand, with its photos. It waits in `reported` for intake, whoever reported. */
export async function reportCase(
  context: ConsoleContext,
  body: ReportBody,
  by: { readonly user: User; readonly ip: string },
): Promise<CaseDetail> {
  const { user, ip } = by;
  const atMs = context.nowMs();
  const role = requireReporter(user, body.source);
  return context.db.transaction().execute(async (db) => {
    const reporter = body.source === 'collector' ? user.username : (body.reporter ?? null);
    const file = await writeReport(
      context,
      db,
      { ...body, reporter },
      { actor: user.username, role, ip, atMs },
      async (caseNo) => {
        const attachments = [];
        for (const [index, photoId] of (body.photos ?? []).entries())
          attachments.push(await attachPhoto(db, { photoId, caseNo, user, field: `photos.${index}` }));
        return attachments;
      },
    );
    return findCase(context, db, file.case_no, user);
  });
}

/** Makes the case of a report, whoever brings it: somebody at a desk, the public's own app, another platform. */
export async function writeReport(
  context: ConsoleContext,
  db: DatabaseTransaction,
  body: Omit<ReportBody, 'reporter' | 'photos'> & { readonly reporter: string | null },
  by: {
    readonly actor: string;
    readonly role: Role | null;
    readonly ip: string | null;
    readonly atMs: number;
  },
  attach: (caseNo: string) => Promise<PhotoAttachment[]> = async () => [],
): Promise<Row<'case_file'>> {
  const of = await resolveClass(db, body);
  const report = { ...of, point: body.point ?? null, atMs: by.atMs };
  await requireNotExcluded(context, db, report);
  const file = await openCase(
    context,
    db,
    {
      source: body.source,
      candidate: null,
      ...of,
      level: body.level ?? 'normal',
      point: body.point ?? null,
      address: body.address ?? null,
      description: body.description ?? null,
      reporter: body.reporter,
      omission: body.source === 'public' ? { earlier: await findEarlier(context, db, report) } : null,
      actor: by.actor,
      role: by.role,
      opinion: body.description ?? null,
      atMs: by.atMs,
    },
    attach,
  );
  await appendAudit(db, {
    atMs: by.atMs,
    actor: by.actor,
    action: 'case.report',
    objectKind: 'case',
    objectId: file.case_no,
    result: 'done',
    ip: by.ip,
    details: { source: body.source, ...of.class },
  });
  return file;
}

/** The post that reports; `null` for another system, which passes on what the public or others told it. */
function requireReporter(user: User, source: ReportBody['source']): Role | null {
  if (user.kind === 'machine' && source !== 'collector') return null;
  const posts = source === 'collector' ? (['collector'] as const) : reporterPosts.slice(1);
  const role = posts.find((post) => user.roles.includes(post));
  if (role === undefined)
    throw new XunjieError('forbidden', `a report from ${source} is entered by ${posts.join(', ')}`, {
      details: { posts },
    });
  return role;
}

/** The class by its code, or the one of an offence; one of the two. */
async function resolveClass(db: Database, body: Pick<ReportBody, 'class' | 'offence'>) {
  if ((body.class === undefined) === (body.offence === undefined))
    throw new XunjieError('bad_request', 'body.class: give either a class or an offence', {
      details: { field: 'body.class' },
    });
  if (body.offence !== undefined) return { class: toOffenceClass(body.offence), offence: body.offence };
  const named = body.class as CaseClass;
  const known = await db
    .selectFrom('case_class')
    .select(['offence', 'is_active'])
    .where('scheme', '=', named.scheme)
    .where('code', '=', named.code)
    .executeTakeFirst();
  const offence = known?.offence ?? findOffence(named);
  if (offence === null && known?.is_active !== true)
    throw new XunjieError(
      'bad_request',
      `body.class: ${named.scheme} has no ${known === undefined ? '' : 'active '}class ${named.code}`,
      { details: { field: 'body.class' } },
    );
  // An offence has one class whatever scheme named it, so that reports of one thing meet.
  return { class: offence === null ? named : toOffenceClass(offence), offence };
}

function findOffence({ scheme, code }: CaseClass) {
  return (
    offences.find((offence) => {
      const own = toOffenceClass(offence);
      const isOwn = own.scheme === scheme && own.code === code;
      return isOwn || (scheme === 'cjt214-2007' && offenceFacts[offence].cjCode === code);
    }) ?? null
  );
}
