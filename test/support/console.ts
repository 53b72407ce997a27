import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InjectOptions, LightMyRequestResponse } from 'fastify';
import sharp from 'sharp';
import type { Console, ConsoleOptions } from '../../api/mod.ts';
import { openConsole } from '../../api/mod.ts';
import type { CandidateFacts } from '../../domain/mod.ts';
import {
  type BlobStore,
  createLogger,
  loadOrCreateFieldKeys,
  openFolderBlobStore,
} from '../../platform/mod.ts';
import { makeCandidateEvent, makeFacts, storePackage, testStartMs } from './sealed-candidate.ts';

export const testPassword = 'correct horse battery';

/** A clock that stands still until it is moved. */
export interface TestClock {
  nowMs: number;
}

/** Somebody who is logged in. */
export interface TestUser {
  get(url: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>;
  post(url: string, body?: object): Promise<LightMyRequestResponse>;
  delete(url: string): Promise<LightMyRequestResponse>;
  inject(options: InjectOptions): Promise<LightMyRequestResponse>;
  /** Uploads a drawn picture and returns its id. */
  uploadPhoto(): Promise<string>;
}

export interface TestConsole {
  readonly console: Console;
  readonly blobs: BlobStore;
  readonly clock: TestClock;
  logIn(username: string): Promise<TestUser>;
  /** Raises a candidate and seals its evidence: it is in the queue afterwards. */
  queueCandidate(given?: Partial<CandidateFacts>): Promise<CandidateFacts>;
  close(): Promise<void>;
}

/**
 * A console with the demo's accounts on an empty database, its blobs in a temporary folder, its clock in the test's hand. Unless the
 * options say otherwise decisions take effect at once and nothing is reviewed twice.
 */
export async function openTestConsole(
  databaseUrl: string,
  options: Partial<ConsoleOptions> = {},
): Promise<TestConsole> {
  const dir = await mkdtemp(path.join(tmpdir(), 'xunjie-test-console-'));
  const blobs = openFolderBlobStore(path.join(dir, 'blobs'));
  const clock: TestClock = { nowMs: testStartMs };
  const logger = createLogger('error');
  const console = await openConsole({
    databaseUrl,
    blobs,
    logger,
    webDir: null,
    nowMs: () => clock.nowMs,
    fieldKeys: await loadOrCreateFieldKeys(path.join(dir, 'plates.json')),
    ...options,
    review: { undoWindowMs: 0, blindShare: 0, ...options.review },
  });
  await console.seedDemo({ password: testPassword });
  return {
    console,
    blobs,
    clock,
    logIn: (username) => logIn(console, username),
    async queueCandidate(given) {
      const facts = makeFacts(given);
      await console.recordEvidenceEvent(await storePackage(blobs, facts));
      await console.recordCandidateEvent(makeCandidateEvent('raised', facts));
      return facts;
    },
    async close() {
      await console.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function logIn({ app }: Console, username: string): Promise<TestUser> {
  const reply = await app.inject({
    method: 'POST',
    url: '/api/session',
    remoteAddress: nextAddress(),
    payload: { username, password: testPassword },
  });
  const token = reply.cookies.find((cookie) => cookie.name === 'xunjie_session')?.value;
  if (token === undefined) throw new Error(`${username} cannot log in: ${reply.body}`);
  const inject = (options: InjectOptions) => app.inject({ ...options, cookies: { xunjie_session: token } });
  return {
    inject,
    get: (url, headers = {}) => inject({ method: 'GET', url, headers }),
    post: (url, body = {}) => inject({ method: 'POST', url, payload: body }),
    delete: (url) => inject({ method: 'DELETE', url }),
    async uploadPhoto() {
      const picture = await sharp({ create: { width: 32, height: 24, channels: 3, background: '#336699' } })
        .jpeg()
        .toBuffer();
      const uploaded = await inject({ method: 'POST', url: '/api/photos', ...toMultipart('photo', picture) });
      if (uploaded.statusCode !== 201) throw new Error(`the photo was refused: ${uploaded.body}`);
      return uploaded.json<{ id: string }>().id;
    },
  };
}

/** Takes the lease, looks at every still and confirms, as a reviewer does; the reply to the confirmation. */
export async function confirmAs(
  user: TestUser,
  id: string,
  body: object = {},
): Promise<LightMyRequestResponse> {
  const lease = await user.post(`/api/candidates/${id}/lease`);
  const { version } = readReply<{ version: number }>(lease);
  readReply(await user.post(`/api/candidates/${id}/stills-shown`, { moments: ['first', 'middle', 'last'] }));
  const checks = { true: true, clear: true, complete: true, accurate: true };
  return user.post(`/api/candidates/${id}/confirm`, { version, checks, driverAbsent: true, ...body });
}

let addresses = 0;

/** Everybody logs in from another desk: the limit per address is not what these tests are about. */
export function nextAddress(): string {
  addresses += 1;
  return `10.0.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
}

/** A multipart body with one file. */
export function toMultipart(
  field: string,
  bytes: Buffer,
): { readonly payload: Buffer; readonly headers: Record<string, string> } {
  const boundary = 'xunjie-test-boundary';
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${field}"; filename="photo.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`;
  return {
    payload: Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** The body of a reply that must have this status; says what came instead. */
export function readReply<Body>(reply: LightMyRequestResponse, status = 200): Body {
  if (reply.statusCode !== status)
    throw new Error(`expected ${status}, got ${reply.statusCode}: ${reply.body}`);
  return reply.json<Body>();
}
