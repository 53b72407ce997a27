import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * Whether the process at the other end of a loopback connection belongs to this one's user; `true` where the system has no list of
 * connections (`/proc/net/tcp`).
 */
export async function isSameUser(socket: Socket): Promise<boolean> {
  const uid = process.getuid?.();
  const list = uid === undefined ? null : await readFile('/proc/net/tcp', 'latin1').catch(() => null);
  if (list === null) return true;
  const local = `0100007F:${toHexPort(socket.remotePort)}`;
  const remote = `0100007F:${toHexPort(socket.localPort)}`;
  const rows = list.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.some((row) => row[1] === local && row[2] === remote && Number(row[7]) === uid);
}

function toHexPort(port = 0): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
