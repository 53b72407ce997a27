import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A new temporary folder that the embedded PostgreSQL's own user can reach when the tests run as root. The caller removes it. */
export async function makeTempDir(purpose: string): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), `xunjie-${purpose}-`));
  await chmod(dir, 0o755);
  return dir;
}
