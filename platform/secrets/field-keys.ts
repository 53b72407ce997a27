import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type Static, Type } from 'typebox';
import { findSchemaIssues, formatPath, toMessage, XunjieError } from '../../domain/mod.ts';

const Key = Type.String({ pattern: '^[A-Za-z0-9+/]{43}=$', description: '32 bytes in base64' });
const KeyFile = Type.Object(
  {
    v: Type.Literal(1),
    /** Id of the key that encrypts; the others only decrypt. */
    current: Type.String({ minLength: 1 }),
    keys: Type.Record(Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }), Key),
    /** Never changed: with another one nothing that was written before is found again. */
    indexKey: Key,
  },
  { additionalProperties: false },
);

/** A field as it is stored. */
export interface EncryptedField {
  readonly keyId: string;
  /** 12 bytes of nonce, 16 of tag, then as many as the text has. */
  readonly bytes: Buffer;
}

/** Encrypts single fields of the database, so that whoever has its files or a copy of them has not these. */
export interface FieldKeys {
  /** AES-256-GCM under the current key. `place` is where the field stands: moved elsewhere it does not decrypt. */
  encrypt(text: string, place: string): EncryptedField;
  /** Rejects (throws `secret_unreadable`) for a key that is not at hand, another place, or changed bytes. */
  decrypt(field: EncryptedField, place: string): string;
  /** The same for the same text, telling nothing of it without the key: HMAC-SHA-256, hex. To find equal fields by. */
  toBlindIndex(text: string): string;
}

const nonceBytes = 12;
const tagBytes = 16;

/** Reads the keys of a file, or makes one with a fresh key, readable by its owner alone. Rejects with `bad_config` naming file and field. */
export async function loadOrCreateFieldKeys(file: string): Promise<FieldKeys> {
  const existing = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new XunjieError('bad_config', `field keys ${file} cannot be read: ${toMessage(error)}`, {
      cause: error,
    });
  });
  if (existing !== null) return toFieldKeys(parseKeyFile(existing, file));
  await createKeyFile(file);
  return toFieldKeys(parseKeyFile(await readFile(file, 'utf8'), file));
}

function parseKeyFile(text: string, file: string): Static<typeof KeyFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // No cause: a parser's error quotes the text, and the text is keys.
    throw new XunjieError('bad_config', `field keys ${file}: is not JSON`);
  }
  const [issue] = findSchemaIssues(KeyFile, value);
  if (issue !== undefined)
    throw new XunjieError(
      'bad_config',
      `field keys ${file}: ${formatPath(issue.path) || 'content'} is not as it must be`,
    );
  const keyFile = value as Static<typeof KeyFile>;
  if (!Object.hasOwn(keyFile.keys, keyFile.current))
    throw new XunjieError(
      'bad_config',
      `field keys ${file}: current: there is no key "${keyFile.current}" in keys`,
    );
  return keyFile;
}

function toFieldKeys({ current, keys, indexKey }: Static<typeof KeyFile>): FieldKeys {
  const secrets = new Map(Object.entries(keys).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  const index = Buffer.from(indexKey, 'base64');
  const readKey = (id: string): Buffer => {
    const key = secrets.get(id);
    if (key === undefined) throw new XunjieError('secret_unreadable', `the field key "${id}" is not at hand`);
    return key;
  };
  return {
    encrypt(text, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', readKey(current), nonce).setAAD(toContext(current, place));
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return { keyId: current, bytes: Buffer.concat([nonce, cipher.getAuthTag(), encrypted]) };
    },
    decrypt({ keyId, bytes }, place) {
      const key = readKey(keyId);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(toContext(keyId, place))
          .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
        const encrypted = bytes.subarray(nonceBytes + tagBytes);
        return Buffer.concat([decipher.update(encrypted), decipher.final()]).toString('utf8');
      } catch {
        throw new XunjieError(
          'secret_unreadable',
          `${place}: the field was changed, moved, or is of another key`,
        );
      }
    },
    toBlindIndex: (text) => createHmac('sha256', index).update(text).digest('hex'),
  };
}

function toContext(keyId: string, place: string): Buffer {
  return Buffer.from(JSON.stringify(['xunjie field 1', keyId, place]));
}

/** Linked into place whole; of several starters the first wins. */
async function createKeyFile(file: string): Promise<void> {
  const id = randomBytes(4).toString('hex');
  const content: Static<typeof KeyFile> = {
    v: 1,
    current: id,
    keys: { [id]: randomBytes(32).toString('base64') },
    indexKey: randomBytes(32).toString('base64'),
  };
  const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, file).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  } catch (error) {
    throw new XunjieError('data_folder_unwritable', `cannot make field keys ${file}: ${toMessage(error)}`, {
      cause: error,
    });
  } finally {
    await rm(temporary, { force: true });
  }
}
