import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { projectRoot } from './fixtures.ts';

/** One stream of the server; `launch` replaces the pipeline that would be made for `file`. */
export interface GstMount {
  readonly path: string;
  readonly file?: string;
  /** Default `h264`. */
  readonly codec?: 'h264' | 'h265' | 'mjpeg' | 'aac';
  /** One pipeline for all clients, which nobody sets back, as a live camera has; default: each client plays the file from its start. */
  readonly shared?: boolean;
  readonly launch?: string;
  /** Of a shared stream: sent so much later, so that streams which are started together are not in step. */
  readonly delayMs?: number;
}

export interface GstRtspServerOptions {
  readonly mounts: readonly GstMount[];
  /** Default: a free one. */
  readonly port?: number;
  readonly auth?: { readonly method: 'basic' | 'digest'; readonly user: string; readonly password: string };
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly protocols?: readonly ('tcp' | 'udp')[];
}

export interface GstRtspServer {
  readonly port: number;
  readonly pid: number;
  /** `rtsp://127.0.0.1:PORT/path`, or `rtsps://` with TLS; never with a password. */
  toUrl(mountPath: string): string;
  /** SIGSTOP, SIGCONT, SIGKILL... */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

const script = path.join(projectRoot, 'test/support/gst-rtsp-server.py');
/** Debian's own Python, which its packages are made for, though another one may come first on the PATH. */
const python = '/usr/bin/python3';
const startTimeoutMs = 30_000;

/** Why GStreamer's RTSP server cannot be used here, `null` when it can. Ask once and skip with this reason. */
export function findGstProblem(): string | null {
  const tried = spawnSync(
    python,
    [
      '-c',
      "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer; Gst.init(None); assert Gst.ElementFactory.find('rtph264pay') and Gst.ElementFactory.find('h264parse')",
    ],
    { encoding: 'utf8', timeout: startTimeoutMs },
  );
  if (tried.status === 0) return null;
  return 'no GStreamer RTSP server (apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad)';
}

/** Starts the server as a process of its own. It ends with `stop`, or when this process does. */
export async function startGstRtspServer(options: GstRtspServerOptions): Promise<GstRtspServer> {
  const child: ChildProcess = spawn(python, [script, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // GLib keeps no proxy and no user settings in tests.
    env: { ...process.env, GIO_USE_PROXY_RESOLVER: 'dummy', GSETTINGS_BACKEND: 'memory' },
  });
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2000);
  });
  child.stdin?.on('error', () => {}); // gone: its exit says so
  const { pid } = child;
  if (pid === undefined || child.stdout === null) throw new Error(`${python} cannot be started`);
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([
    once(lines, 'line', { signal: AbortSignal.timeout(startTimeoutMs) }),
    once(child, 'exit').then(() => ['']),
  ])) as [string];
  const port = Number(/^ready (\d+)$/.exec(line)?.[1]);
  if (!Number.isInteger(port)) {
    child.kill('SIGKILL');
    throw new Error(`the GStreamer RTSP server did not start: ${complaint.trim() || line}`);
  }
  const scheme = options.tls === undefined ? 'rtsp' : 'rtsps';
  return {
    port,
    pid,
    toUrl: (mountPath) => `${scheme}://127.0.0.1:${port}${mountPath}`,
    signal: (name) => void child.kill(name),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL'); // also ends one that is stopped
      await exited;
    },
  };
}

/** A self-signed certificate for 127.0.0.1 in `dir`, made by openssl. */
export function makeCertificate(dir: string): { certificate: string; key: string } {
  const certificate = path.join(dir, 'certificate.pem');
  const key = path.join(dir, 'key.pem');
  execFileSync(
    'openssl',
    [
      ...'req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext'.split(' '),
      'subjectAltName=IP:127.0.0.1',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { stdio: 'ignore', timeout: startTimeoutMs },
  );
  return { certificate, key };
}
