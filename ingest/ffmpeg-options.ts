import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { words } from './words.ts';

const run = promisify(execFile);
const timeoutMs = 20_000;
let known: Promise<ReadonlySet<string>> | null = null;

/** Names of the options that this machine's ffmpeg has for HTTP and HLS: distributions differ. Empty without ffmpeg. */
export function listHttpOptions(): Promise<ReadonlySet<string>> {
  known ??= readOptions();
  return known;
}

async function readOptions(): Promise<ReadonlySet<string>> {
  const texts = await Promise.all(
    ['protocol=http', 'demuxer=hls'].map((topic) =>
      run(process.env['FFMPEG_PATH'] ?? 'ffmpeg', [...words('-hide_banner -h'), topic], {
        timeout: timeoutMs,
      }).then(
        ({ stdout }) => stdout,
        () => '', // the start of ffmpeg tells what is wrong with it
      ),
    ),
  );
  return new Set([...texts.join('\n').matchAll(/^ +-(\w+) /gm)].map((found) => found[1] ?? ''));
}
