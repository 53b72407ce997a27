import type { Client } from 'minio';
import type { BlobProtection } from './blob-store.ts';

/** Asks the server what the bucket does against deletion. A server that does not know the question has neither. */
export async function readProtection(client: Client, bucket: string): Promise<BlobProtection> {
  const versioning = await ask(async () => {
    const found: unknown = await client.getBucketVersioning(bucket);
    return hasValue(found, 'Status', 'Enabled');
  });
  const objectLock = await ask(async () => {
    // A promise, whatever its declaration says.
    const found: unknown = await Promise.resolve<unknown>(client.getObjectLockConfig(bucket));
    return hasValue(found, 'objectLockEnabled', 'Enabled');
  });
  return { versioning, objectLock, explanation: explain(bucket, versioning, objectLock) };
}

const absent = new Set([
  'ObjectLockConfigurationNotFoundError',
  'NoSuchObjectLockConfiguration',
  'NotImplemented',
  'MethodNotAllowed',
  'InvalidRequest',
  // Whoever may not ask cannot rely on it either.
  'AccessDenied',
]);

async function ask(question: () => Promise<boolean>): Promise<boolean> {
  try {
    return await question();
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && absent.has(error.code))
      return false;
    throw error;
  }
}

function hasValue(found: unknown, name: string, value: string): boolean {
  return typeof found === 'object' && found !== null && Reflect.get(found, name) === value;
}

function explain(bucket: string, versioning: boolean, objectLock: boolean): string {
  if (objectLock) return `the bucket ${bucket} keeps versions, and evidence is locked until its time is over`;
  return (
    `the bucket ${bucket} ${versioning ? 'keeps versions but has no object lock' : 'has neither versions nor object lock'}: ` +
    'whoever has the key can delete evidence; object lock can only be switched on when a bucket is made (mc mb --with-lock)'
  );
}
