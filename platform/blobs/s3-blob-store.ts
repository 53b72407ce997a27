import { Readable } from 'node:stream';
import type { Client } from 'minio';
import { toMessage, XunjieError } from '../../domain/mod.ts';
import { checkBlobKey, checkBlobPrefix } from './blob-key.ts';
import type { BlobStore, BlobStream, PutOptions } from './blob-store.ts';
import { type BoundedTransport, createBoundedTransport, type TransportLimits } from './bounded-transport.ts';
import { checkLength } from './check-length.ts';
import { readProtection } from './s3-protection.ts';

export interface S3Options {
  /** `http://host:port` or `https://host`. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** Default us-east-1, which servers of one's own mostly answer to. */
  readonly region?: string;
  /** Make the bucket where it is missing, `locked`: with object lock; otherwise its absence is an error. */
  readonly createBucket?: boolean | 'locked';
  /** Default 20 s of silence, 2 minutes in all. */
  readonly limits?: TransportLimits;
}

/** The least that S3 allows: so much of a stream is in memory at a time. */
const partBytes = 5 << 20;

const defaultLimits: TransportLimits = { idleMs: 20_000, totalMs: 120_000 };

/** Objects in a bucket of an S3 server. Rejects with `bad_config` or `blob_store_unreachable`; no message carries a key. */
export async function openS3BlobStore(options: S3Options): Promise<BlobStore> {
  const { bucket, region = 'us-east-1', limits = defaultLimits } = options;
  const endpoint = parseEndpoint(options.endpoint);
  const transport = createBoundedTransport(endpoint.protocol === 'https:', limits);
  const place = `${endpoint.origin}/${bucket}`;
  const toError = (doing: string, cause: unknown) =>
    new XunjieError('blob_store_unreachable', `cannot ${doing} at ${place}: ${describeCause(cause)}`, {
      cause,
    });
  const client = await createClient(options, endpoint, region, transport);
  let protection: BlobStore['protection'];
  try {
    await ensureBucket(client, bucket, region, options.createBucket ?? false);
    protection = await readProtection(client, bucket);
  } catch (error) {
    transport.agent.destroy();
    throw toError(`use the bucket "${bucket}"`, error);
  }
  const lock = async (
    key: string,
    versionId: string | null,
    { retainUntilMs }: PutOptions,
  ): Promise<void> => {
    if (!protection.objectLock || retainUntilMs === undefined) return;
    await client.putObjectRetention(bucket, key, {
      mode: 'GOVERNANCE',
      retainUntilDate: new Date(retainUntilMs).toISOString(),
      ...(versionId !== null && { versionId }),
    } as Parameters<Client['putObjectRetention']>[2]);
  };
  return {
    protection,
    async put(key, body, mediaType, putOptions = {}) {
      checkBlobKey(key);
      try {
        const { versionId } = await putBody(client, { bucket, key, body, mediaType });
        await lock(key, versionId, putOptions);
      } catch (error) {
        throw toError(`write ${key}`, error);
      }
    },
    async open(key, range) {
      checkBlobKey(key);
      try {
        const { size } = await client.statObject(bucket, key);
        const { from, to } = range ?? { from: 0, to: size - 1 };
        if (range !== undefined && (from < 0 || to < from || to >= size))
          throw new XunjieError('bad_argument', `${key} has ${size} bytes; ${from}-${to} is not in it`);
        const stream =
          range === undefined
            ? await client.getObject(bucket, key)
            : await client.getPartialObject(bucket, key, from, to - from + 1);
        return { bytes: to - from + 1, stream };
      } catch (error) {
        if (error instanceof XunjieError) throw error;
        if (isMissing(error))
          throw new XunjieError('blob_not_found', `no object ${key} in ${place}`, { cause: error });
        throw toError(`read ${key}`, error);
      }
    },
    async delete(key) {
      checkBlobKey(key);
      try {
        for (const versionId of await listVersions(client, bucket, key))
          await client.removeObject(bucket, key, versionId === null ? {} : { versionId });
      } catch (error) {
        if (isLocked(error))
          throw new XunjieError('blob_locked', `${key} is still retained at ${place}`, { cause: error });
        throw toError(`delete ${key}`, error);
      }
    },
    async get(key) {
      checkBlobKey(key);
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of await client.getObject(bucket, key)) chunks.push(chunk as Buffer);
        return new Uint8Array(Buffer.concat(chunks));
      } catch (error) {
        if (isMissing(error))
          throw new XunjieError('blob_not_found', `no object ${key} in ${place}`, { cause: error });
        throw toError(`read ${key}`, error);
      }
    },
    async has(key) {
      checkBlobKey(key);
      try {
        await client.statObject(bucket, key);
        return true;
      } catch (error) {
        if (isMissing(error)) return false;
        throw toError(`look for ${key}`, error);
      }
    },
    async list(prefix) {
      checkBlobPrefix(prefix);
      try {
        const keys: string[] = [];
        for await (const item of client.listObjectsV2(bucket, prefix, true))
          if (typeof item.name === 'string') keys.push(item.name);
        return keys.toSorted();
      } catch (error) {
        throw toError(`list ${prefix}`, error);
      }
    },
    async close() {
      transport.agent.destroy();
    },
  };
}

function parseEndpoint(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null && ['http:', 'https:'].includes(url.protocol) && url.pathname === '/' && url.search === '';
  if (!isPlain || url.username !== '' || url.password !== '')
    // The text itself may hold a password and stays out of the message.
    throw new XunjieError(
      'bad_config',
      'the S3 endpoint is not of the form http://host:port or https://host',
    );
  return url;
}

async function createClient(
  options: S3Options,
  endpoint: URL,
  region: string,
  transport: BoundedTransport,
): Promise<Client> {
  // Loaded here because it is the dearest package of all to load, and most commands never see S3.
  const { Client: S3Client } = await import('minio');
  try {
    return new S3Client({
      endPoint: endpoint.hostname,
      ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
      useSSL: endpoint.protocol === 'https:',
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region,
      transport,
      transportAgent: transport.agent,
      partSize: partBytes,
      // Its retries write to the console; callers here repeat by themselves, as every write is idempotent.
      retryOptions: { disableRetry: true },
    });
  } catch (error) {
    throw new XunjieError(
      'bad_config',
      `the S3 endpoint ${endpoint.origin} is not usable: ${toMessage(error)}`,
    );
  }
}

interface PutBody {
  readonly bucket: string;
  readonly key: string;
  readonly body: Uint8Array | BlobStream;
  readonly mediaType: string;
}

async function putBody(
  client: Client,
  { bucket, key, body, mediaType }: PutBody,
): Promise<{ versionId: string | null }> {
  const headers = { 'Content-Type': mediaType };
  if (body instanceof Uint8Array) {
    const buffer = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    return client.putObject(bucket, key, buffer, buffer.byteLength, headers);
  }
  const checked = Readable.from(checkLength(body));
  const failed = new Promise<never>((_resolve, reject) => {
    // The client does not hear of a body that breaks while it sends a large one in parts.
    checked.once('error', reject);
  });
  try {
    return await Promise.race([client.putObject(bucket, key, checked, body.bytes, headers), failed]);
  } finally {
    checked.destroy();
  }
}

/** All versions of one key, deletion markers too; `null`: it has one that is not numbered. */
async function listVersions(client: Client, bucket: string, key: string): Promise<(string | null)[]> {
  const versions: (string | null)[] = [];
  for await (const item of client.listObjects(bucket, key, false, { IncludeVersion: true }))
    if (item.name === key) versions.push(item.versionId ?? null);
  return versions;
}

async function ensureBucket(
  client: Client,
  bucket: string,
  region: string,
  mayCreate: boolean | 'locked',
): Promise<void> {
  if (await client.bucketExists(bucket)) return;
  if (mayCreate === false) throw new Error('there is no such bucket; create it first');
  await client
    .makeBucket(bucket, region, { ObjectLocking: mayCreate === 'locked' })
    .catch(async (error: unknown) => {
      // Another process may have made it in the meantime.
      if (!(await client.bucketExists(bucket))) throw error;
    });
}

function isMissing(error: unknown): boolean {
  return readCode(error) === 'NoSuchKey' || readCode(error) === 'NotFound';
}

/** Servers say it in different words, under the code of any refusal. */
function isLocked(error: unknown): boolean {
  return (
    readCode(error) === 'ObjectLocked' || /WORM protected|object lock|under retention/i.test(toMessage(error))
  );
}

function readCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Refused connections come as an error without words, and the server's codes say more than its sentences. */
function describeCause(error: unknown): string {
  const message = toMessage(error);
  const code = readCode(error);
  if (message === '') return code ?? 'no answer';
  return code === null || message.includes(code) ? message : `${message} (${code})`;
}
