import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { type EvidenceSignature, toMessage, XunjieError } from '../domain/mod.ts';

/** Signs the manifests of one installation with one Ed25519 key. */
export interface Signer {
  /** SHA-256 of the raw public key, lower-case hex, first 16 digits. */
  readonly keyId: string;
  /** The raw 32 bytes. */
  readonly publicKey: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
}

/**
 * Reads the signing key (Ed25519, PKCS#8 PEM) from a file; makes one, readable by its owner alone, where there is none.
 * Two processes that start at once end up with the same key. An existing file is never overwritten.
 * Rejects with `bad_config` for a file that is no such key, `data_folder_unwritable` where none can be made.
 */
export async function loadOrCreateSigner(file: string): Promise<Signer> {
  const existing = await readKeyFile(file);
  if (existing !== null) return createSigner(parseKey(existing, file));
  await createKeyFile(file);
  const created = await readKeyFile(file);
  if (created === null) throw new XunjieError('bad_config', `signing key ${file} vanished while it was made`);
  return createSigner(parseKey(created, file));
}

/** Key id of a raw Ed25519 public key. */
export function toKeyId(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

/** A signature as it is kept: with the key that verifies it. */
export function toSignature(signer: Signer, bytes: Uint8Array): EvidenceSignature {
  return {
    algorithm: 'Ed25519',
    keyId: signer.keyId,
    publicKey: Buffer.from(signer.publicKey).toString('base64'),
    signature: Buffer.from(signer.sign(bytes)).toString('base64'),
  };
}

function createSigner(privateKey: KeyObject): Signer {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(jwk.x ?? '', 'base64url'));
  return {
    keyId: toKeyId(publicKey),
    publicKey,
    sign: (bytes) => new Uint8Array(sign(null, bytes, privateKey)),
  };
}

async function readKeyFile(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return null;
    throw new XunjieError('bad_config', `signing key ${file} cannot be read: ${toMessage(error)}`, {
      cause: error,
    });
  }
}

function parseKey(pem: string, file: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    // No cause: an error of the parser must not carry pieces of a key into a log.
    throw new XunjieError(
      'bad_config',
      `signing key ${file} is not a private key in PKCS#8 PEM (without passphrase)`,
    );
  }
  if (key.asymmetricKeyType !== 'ed25519')
    throw new XunjieError(
      'bad_config',
      `signing key ${file} is of type ${key.asymmetricKeyType ?? 'unknown'}; Ed25519 is needed`,
    );
  return key;
}

async function createKeyFile(file: string): Promise<void> {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' });
  try {
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await placeKey(file, pem.toString());
  } catch (error) {
    throw new XunjieError(
      'data_folder_unwritable',
      `cannot make the signing key ${file}: ${toMessage(error)}`,
      {
        cause: error,
      },
    );
  }
}

/** Written under another name and linked into place: whoever reads the file sees a whole key, and the first writer wins. */
async function placeKey(file: string, pem: string): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.part`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(pem).then(() => handle.sync());
    await link(temporary, file).catch((error: unknown) => {
      if (!isCode(error, 'EEXIST')) throw error;
    });
  } finally {
    await handle.close();
    await rm(temporary, { force: true });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
