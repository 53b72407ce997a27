import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ObjectClass, objectClasses, toMessage, XunjieError } from '../../domain/mod.ts';
import type { BlobStore, Logger } from '../../platform/mod.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';
import type { Row } from '../database/tables.ts';
import { readExamples, toCursor } from './list-examples.ts';
import { toCropPath } from './make-examples.ts';
import { toUse } from './to-use.ts';

const pageSize = 500;
const decimals = 6;

export interface TuningExport {
  /** All that stand in `decisions.jsonl`. */
  readonly decisions: number;
  readonly labelled: number;
  /** Crops of which a person must say first what they show. */
  readonly unlabelled: number;
  readonly withoutCrop: number;
  readonly classes: readonly ObjectClass[];
}

/**
 * Writes the tuning set as the training recipe reads it: `images/*.jpg`, `labels/*.txt` (YOLO: class, middle and size, 0-1) and
 * `classes.txt`; `unlabelled/*.jpg` where the decision does not tell what is seen; and every decision, a line of JSON each, in
 * `decisions.jsonl`. Of several decisions on one package the last gives the label. Names of reviewers are left out. Pictures of an
 * earlier export stay; the folder should be empty.
 * @throws XunjieError `database_unreachable`, `blob_store_unreachable`, `not_found` where nothing has been decided.
 */
export async function exportTuningSet(options: {
  readonly databaseUrl: string;
  readonly blobs: BlobStore;
  readonly logger: Logger;
  readonly out: string;
}): Promise<TuningExport> {
  const { blobs, logger, out } = options;
  const rows = await readAll(options.databaseUrl, logger);
  if (rows.length === 0) throw new XunjieError('not_found', 'nothing has been decided yet: the set is empty');
  for (const folder of ['images', 'labels', 'unlabelled'])
    await mkdir(path.join(out, folder), { recursive: true });
  await writeDecisions(path.join(out, 'decisions.jsonl'), rows);
  const byPackage = new Map(rows.map((row) => [row.manifest_hash, row]));
  const pictures = [...byPackage.values()].filter((row) => row.sha256 !== null);
  const labelled = pictures.filter((row) => toUse(row) === 'label');
  const classes = objectClasses.filter((name) => labelled.some((row) => row.class === name));
  for (const row of pictures) {
    const bytes = await blobs.get(toCropPath(row.review_id));
    const isLabelled = labelled.includes(row);
    await writeFile(path.join(out, isLabelled ? 'images' : 'unlabelled', `${toName(row)}.jpg`), bytes);
    if (isLabelled) await writeFile(path.join(out, 'labels', `${toName(row)}.txt`), toYoloLine(row, classes));
  }
  await writeFile(path.join(out, 'classes.txt'), classes.map((name) => `${name}\n`).join(''));
  return {
    decisions: rows.length,
    labelled: labelled.length,
    unlabelled: pictures.length - labelled.length,
    withoutCrop: rows.filter((row) => row.sha256 === null).length,
    classes,
  };
}

async function readAll(databaseUrl: string, logger: Logger): Promise<Row<'tuning_example'>[]> {
  const address = parseDatabaseUrl(databaseUrl);
  const db = connectDatabase(address, logger);
  try {
    const rows: Row<'tuning_example'>[] = [];
    for (;;) {
      const last = rows.at(-1);
      const page = await readExamples(db, pageSize, last === undefined ? null : toCursor(last));
      rows.push(...page);
      if (page.length < pageSize) return rows;
    }
  } catch (error) {
    throw new XunjieError(
      'database_unreachable',
      `the tuning set cannot be read from ${address.place}: ${toMessage(error)}`,
      { cause: error },
    );
  } finally {
    await db.destroy();
  }
}

async function writeDecisions(file: string, rows: readonly Row<'tuning_example'>[]): Promise<void> {
  const handle = await open(file, 'w');
  try {
    for (const row of rows)
      await handle.write(
        `${JSON.stringify({
          id: row.review_id,
          candidate: row.candidate_id,
          camera: row.camera_id,
          manifestHash: row.manifest_hash,
          offence: row.offence,
          class: row.class,
          decision: row.result,
          reason: row.reason,
          decidedAt: row.decided_at.toISOString(),
          use: row.sha256 === null ? 'none' : toUse(row),
          picture: row.sha256 === null ? null : `${toName(row)}.jpg`,
          sha256: row.sha256,
          box: row.box,
          whyNoCrop: row.why_no_crop,
        })}\n`,
      );
  } finally {
    await handle.close();
  }
}

/** The camera first: a set is split by camera, never by neighbouring pictures. */
function toName(row: Row<'tuning_example'>): string {
  return `${row.camera_id.replaceAll(/[^A-Za-z0-9_-]/g, '_')}.${row.review_id}`;
}

function toYoloLine(row: Row<'tuning_example'>, classes: readonly ObjectClass[]): string {
  const [x1, y1, x2, y2] = row.box ?? [0, 0, 0, 0];
  const numbers = [(x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1].map((share) => share.toFixed(decimals));
  return `${classes.indexOf(row.class)} ${numbers.join(' ')}\n`;
}
