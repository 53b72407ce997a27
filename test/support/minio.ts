import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../../platform/engines/free-port.ts';

export interface MinioServer {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  stop(): Promise<void>;
}

/** The MinIO server of `MINIO_BIN`, the PATH or Go's folder of programs, or `null` after printing why the tests that need it skip. */
export function findMinio(): string | null {
  const named = process.env['MINIO_BIN'];
  const candidates =
    named === undefined ? [...listOnPath('minio'), path.join(homedir(), 'go/bin/minio')] : [named];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  const where = named === undefined ? 'no minio on the PATH or in ~/go/bin' : `no ${named}`;
  process.stderr.write(
    `skipped: S3 against a real server, ${where} (go install github.com/minio/minio@latest, MINIO_BIN)\n`,
  );
  return null;
}

function listOnPath(name: string): string[] {
  return (process.env['PATH'] ?? '').split(path.delimiter).map((folder) => path.join(folder, name));
}

const startLimitMs = 40_000;

/** Starts a server with an empty disk on a free loopback port; resolves when it says that it serves. */
export async function startMinio(binary: string): Promise<MinioServer> {
  const disk = await mkdtemp(path.join(tmpdir(), 'xunjie-minio-'));
  const port = await findFreePort();
  const accessKey = 'contract-test';
  const secretKey = 'not-a-real-secret';
  const child = spawn(
    binary,
    ['server', disk, '--address', `127.0.0.1:${port}`, '--console-address', '127.0.0.1:0'],
    {
      env: {
        PATH: process.env['PATH'],
        HOME: disk,
        MINIO_ROOT_USER: accessKey,
        MINIO_ROOT_PASSWORD: secretKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        MINIO_CALLHOME_ENABLE: 'off',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exited = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const stop = async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(disk, { recursive: true, force: true });
  };
  let said = '';
  try {
    await new Promise<void>((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`minio did not start: ${said}`)), startLimitMs);
      const hear = (chunk: Buffer) => {
        said += chunk.toString();
        if (!said.includes('API:')) return;
        clearTimeout(deadline);
        resolve();
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('error', reject);
      child.once('close', () => reject(new Error(`minio ended: ${said}`)));
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint: `http://127.0.0.1:${port}`, accessKey, secretKey, stop };
}
