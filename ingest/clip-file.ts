import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { XunjieError } from '../domain/mod.ts';
import { makeScratchFolder } from '../platform/mod.ts';

/** A finished clip in a folder of its own. */
export interface ClipFile {
  readonly file: string;
  readonly bytes: number;
  /** Removes it with its folder. */
  discard(): Promise<void>;
}

/** A minute of the widest camera stream there is (50 Mbit/s); what runs on beyond it must not fill the disk. */
export const maxClipBytes = 384 << 20;

/**
 * Makes a folder, lets `write` make the clip in it (given its file name and the folder for what it needs meanwhile), and gives the clip
 * with what `write` found. Nothing stays when it fails. Rejects with `evidence_unavailable` for a clip that is larger than the most.
 */
export async function makeClipFile<T>(
  name: string,
  write: (file: string, folder: string) => Promise<T>,
): Promise<{ clip: ClipFile; found: T }> {
  const folder = makeScratchFolder(name);
  const discard = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const file = path.join(folder, 'clip.mp4');
    const found = await write(file, folder);
    const { size } = await stat(file);
    if (size >= maxClipBytes)
      throw new XunjieError('evidence_unavailable', `the clip has ${maxClipBytes} bytes or more`);
    return { clip: { file, bytes: size, discard }, found };
  } catch (error) {
    await discard();
    throw error;
  }
}
