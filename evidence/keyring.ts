import { rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { lockFolder } from '../platform/mod.ts';
import { type PublicKeyRecord, readPublicKeys, writePublicKey } from './public-key-record.ts';
import { loadOrCreateSigner, type Signer } from './signer.ts';

/** The keys of one installation: one signs, those that signed before it are kept to verify with. */
export interface Keyring {
  /** The key that signs now, also after somebody rotated it; made where there is none. */
  current(): Promise<Signer>;
  /** Public keys, oldest first; all but the current one have a time when they were retired. */
  list(): Promise<PublicKeyRecord[]>;
}

const signingKey = 'evidence.pem';

/** Where the public keys lie: this folder may be given to anybody who is to verify packages. */
export function toPublicKeyFolder(dir: string): string {
  return path.join(dir, 'public');
}

/** The keyring in a folder: the signing key in `evidence.pem`, all public keys in `public/`. */
export function openKeyring(dir: string, nowMs: () => number = Date.now): Keyring {
  const file = path.join(dir, signingKey);
  let loaded: { mark: string; signer: Signer } | null = null;
  const current = async (): Promise<Signer> => {
    const mark = await readMark(file);
    if (loaded !== null && mark !== null && loaded.mark === mark) return loaded.signer;
    const signer = await loadOrCreateSigner(file);
    await writePublicKey(toPublicKeyFolder(dir), toRecord(signer, nowMs()), true);
    loaded = { mark: mark ?? '', signer };
    return signer;
  };
  return {
    current,
    async list() {
      const { keyId } = await current();
      const records = await readPublicKeys(toPublicKeyFolder(dir));
      const since = records.find((record) => record.keyId === keyId)?.sinceMs ?? nowMs();
      // A rotation that was cut short has made the new key, but not yet said of the old one that it is retired.
      return records.map((record) =>
        record.keyId === keyId
          ? { ...record, retiredAtMs: null }
          : { ...record, retiredAtMs: record.retiredAtMs ?? Math.max(since, record.sinceMs) },
      );
    },
  };
}

/**
 * Makes a new signing key; the old one's private half is gone for good, its public half stays with the time of its retirement. Programs
 * that run sign with the new key from their next package on. Cut short at any point there is one key that signs, and no package's key is
 * lost. Rejects with `data_folder_in_use` while another rotation is under way.
 */
export async function rotateKey(
  dir: string,
  nowMs: () => number = Date.now,
): Promise<{ retired: string; current: string }> {
  const lock = lockFolder(dir);
  try {
    const keyring = openKeyring(dir, nowMs);
    const old = await keyring.current();
    for (const record of await keyring.list())
      if (record.keyId !== old.keyId) await writePublicKey(toPublicKeyFolder(dir), record, false);
    const file = path.join(dir, signingKey);
    const next = path.join(dir, 'next.pem');
    const signer = await loadOrCreateSigner(next);
    await writePublicKey(toPublicKeyFolder(dir), toRecord(signer, nowMs()), true);
    await rename(next, file).catch((error: unknown) => {
      throw new XunjieError('data_folder_unwritable', `cannot write ${file}: ${toMessage(error)}`, {
        cause: error,
      });
    });
    const record = (await readPublicKeys(toPublicKeyFolder(dir))).find(({ keyId }) => keyId === old.keyId);
    // Now, and not before: whoever took the old key in time has its package's time before this one.
    const retired = { ...(record ?? toRecord(old, nowMs())), retiredAtMs: nowMs() };
    await writePublicKey(toPublicKeyFolder(dir), retired, false);
    return { retired: old.keyId, current: signer.keyId };
  } finally {
    lock.release();
  }
}

function toRecord({ keyId, publicKey }: Signer, sinceMs: number): PublicKeyRecord {
  return {
    v: 1,
    algorithm: 'Ed25519',
    keyId,
    publicKey: Buffer.from(publicKey).toString('base64'),
    sinceMs,
    retiredAtMs: null,
  };
}

/** Another one when the file is another; `null` where there is none. */
async function readMark(file: string): Promise<string | null> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? null : `${found.ino} ${found.mtimeNs} ${found.size}`;
}
