import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { toMessage, XunjieError } from '../domain/mod.ts';

/** SHA-256 of a file, lower-case hex. @throws XunjieError `model_missing` when it cannot be read. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw new XunjieError('model_missing', `model file ${file} cannot be read: ${toMessage(error)}`, {
      cause: error,
    });
  }
  return hash.digest('hex');
}
