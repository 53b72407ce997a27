import type { BlobStream } from './blob-store.ts';

/** The pieces of a stream; fails when there are more or fewer bytes than were announced, and ends the stream with whoever stops reading. */
export async function* checkLength({ bytes, stream }: BlobStream): AsyncGenerator<Buffer> {
  let seen = 0;
  for await (const piece of stream) {
    const chunk = piece as Buffer;
    seen += chunk.byteLength;
    if (seen > bytes) throw new Error(`more than the ${bytes} bytes that were announced`);
    yield chunk;
  }
  if (seen < bytes) throw new Error(`${seen} bytes came of ${bytes} that were announced`);
}
