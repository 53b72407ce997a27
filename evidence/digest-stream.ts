import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';

/** Size and SHA-256 (lower-case hex) of what a stream brings, piece by piece. */
export async function digestStream(stream: Readable): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).byteLength;
  }
  return { bytes, sha256: hash.digest('hex') };
}
