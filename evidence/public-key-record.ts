import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Static, Type } from 'typebox';
import { findSchemaIssues, formatPath, toMessage, XunjieError } from '../domain/mod.ts';
import { toKeyId } from './signer.ts';

const RecordSchema = Type.Object(
  {
    v: Type.Literal(1),
    algorithm: Type.Literal('Ed25519'),
    keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }),
    /** Raw 32 bytes, base64. */
    publicKey: Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$' }),
    sinceMs: Type.Number(),
    /** `null`: it still signs, as far as this file knows. */
    retiredAtMs: Type.Union([Type.Number(), Type.Null()]),
  },
  { additionalProperties: false },
);

/** What everybody may know of a signing key: enough to verify with, nothing to sign with. Times in milliseconds since the epoch. */
export type PublicKeyRecord = Readonly<Static<typeof RecordSchema>>;

/** Reads all records of a folder, oldest first. Rejects with `bad_config` naming the file that is none, `file_not_found` without the folder. */
export async function readPublicKeys(dir: string): Promise<PublicKeyRecord[]> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    throw new XunjieError('file_not_found', `no folder of public keys at ${dir}: ${toMessage(error)}`, {
      cause: error,
    });
  }
  const records: PublicKeyRecord[] = [];
  for (const name of names.toSorted())
    if (name.endsWith('.json')) records.push(await readRecord(path.join(dir, name)));
  return records.toSorted((a, b) => a.sinceMs - b.sinceMs);
}

async function readRecord(file: string): Promise<PublicKeyRecord> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new XunjieError('bad_config', `${file} is no public key: ${toMessage(error)}`, { cause: error });
  }
  const [issue] = findSchemaIssues(RecordSchema, value);
  if (issue !== undefined)
    throw new XunjieError('bad_config', `${file}: ${formatPath(issue.path) || 'content'}: ${issue.message}`);
  const record = value as PublicKeyRecord;
  const keyId = toKeyId(Buffer.from(record.publicKey, 'base64'));
  if (keyId !== record.keyId)
    throw new XunjieError(
      'bad_config',
      `${file}: keyId: ${record.keyId} is not the id of its key, which is ${keyId}`,
    );
  return record;
}

/** Writes a record under its key's id: whole or not at all. With `isFirst` one that is there already stays as it is. */
export async function writePublicKey(dir: string, record: PublicKeyRecord, isFirst: boolean): Promise<void> {
  const file = path.join(dir, `${record.keyId}.json`);
  const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(dir, { recursive: true, mode: 0o755 });
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(`${JSON.stringify(record, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (isFirst) await link(temporary, file).catch(passOver('EEXIST'));
    else await rename(temporary, file);
  } catch (error) {
    throw new XunjieError('data_folder_unwritable', `cannot write ${file}: ${toMessage(error)}`, {
      cause: error,
    });
  } finally {
    await rm(temporary, { force: true });
  }
}

function passOver(code: string): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error && 'code' in error && error.code === code)) throw error;
  };
}
