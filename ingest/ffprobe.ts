import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toMessage, XunjieError } from '../domain/mod.ts';
import { redact } from '../platform/mod.ts';

const run = promisify(execFile);
const timeoutMs = 30_000;
const maxBuffer = 32 * 1024 * 1024;

/** What ffprobe had to say against an input: its last line, without the input's name. */
export class ProbeRefusal extends Error {
  override readonly name = 'ProbeRefusal';
}

/**
 * Runs ffprobe on one input and returns its JSON. Not through fluent-ffmpeg: its ffprobe call has neither a time limit nor a way to
 * end the process. Rejects with `ProbeRefusal` when ffprobe refuses the input, with `engine_missing` when there is no ffprobe.
 */
export async function runFfprobe(input: string, options: readonly string[]): Promise<unknown> {
  const program = process.env['FFPROBE_PATH'] ?? 'ffprobe';
  try {
    const args = [
      '-v',
      'error',
      '-protocol_whitelist',
      'file',
      '-print_format',
      'json',
      ...options,
      '-i',
      input,
    ];
    const { stdout } = await run(program, args, { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer });
    return JSON.parse(stdout);
  } catch (error) {
    const failure = error as { code?: unknown; killed?: boolean; stderr?: string };
    if (failure.code === 'ENOENT')
      throw new XunjieError(
        'engine_missing',
        'ffprobe is not installed or not on the PATH (it comes with ffmpeg)',
        {
          cause: error,
        },
      );
    if (failure.killed === true)
      throw new ProbeRefusal(`ffprobe was not done after ${timeoutMs / 1000} s`, { cause: error });
    const lines = (failure.stderr ?? toMessage(error)).trim().split('\n');
    const last = redact(lines.at(-1) ?? '').replace(`${input}: `, '');
    throw new ProbeRefusal(last, { cause: error });
  }
}
