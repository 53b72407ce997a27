import type { Client } from 'pg';
import type { CaseDetail } from '../../api/cases/schema.ts';
import type { CaseAction } from '../../domain/mod.ts';
import { readReply, type TestConsole, type TestUser } from './console.ts';

/** Walks cases through their steps as the demo's posts do. */
export interface CaseDriver {
  /** Reports by hand; as a collector, or as intake for the public. */
  report(body: object): Promise<CaseDetail>;
  /** One step by a post, on the newest version. The status is what it must be answered with. */
  act(username: string, caseNo: string, action: CaseAction, body?: object): Promise<CaseDetail>;
  /** The same where it must be refused: the message. */
  refuse(
    username: string,
    caseNo: string,
    action: CaseAction,
    body?: object,
    status?: number,
  ): Promise<string>;
  read(caseNo: string): Promise<CaseDetail>;
  /** From the report to a unit's disposal, by the posts whose turn it is. */
  toDisposal(body: object, unit?: string): Promise<CaseDetail>;
  user(username: string): Promise<TestUser>;
}

const photoSteps: readonly string[] = ['verify_done', 'dispose', 'check_pass', 'check_fail', 'self_dispose'];

const sessionsHoldMs = 20 * 60_000;

export function createCaseDriver(tested: TestConsole, sql: Client): CaseDriver {
  const users = new Map<string, TestUser>();
  let sinceMs = tested.clock.nowMs;
  const log = async (username: string): Promise<TestUser> => {
    // Sessions end when the clock is moved far, and logging in later takes the old ones away.
    if (Math.abs(tested.clock.nowMs - sinceMs) >= sessionsHoldMs) {
      users.clear();
      sinceMs = tested.clock.nowMs;
    }
    const user = users.get(username) ?? (await tested.logIn(username));
    users.set(username, user);
    return user;
  };
  const send = async (username: string, caseNo: string, action: CaseAction, body: object) => {
    const user = await log(username);
    const { rows } = await sql.query<{ version: number }>(
      'select version from case_file where case_no = $1',
      [caseNo],
    );
    const photos = photoSteps.includes(action) ? { photo: await user.uploadPhoto() } : {};
    const before = action === 'self_dispose' ? { beforePhoto: await user.uploadPhoto() } : {};
    return user.post(`/api/cases/${caseNo}/actions/${action}`, {
      version: rows[0]?.version,
      ...photos,
      ...before,
      ...body,
    });
  };
  const driver: CaseDriver = {
    user: log,
    async report(body) {
      const user = await log('source' in body && body.source === 'collector' ? 'collector-01' : 'intake-01');
      return readReply<CaseDetail>(await user.post('/api/reports', body), 201);
    },
    async act(username, caseNo, action, body = {}) {
      return readReply<CaseDetail>(await send(username, caseNo, action, body));
    },
    async refuse(username, caseNo, action, body = {}, status = 409) {
      const reply = await send(username, caseNo, action, body);
      return readReply<{ error: { message: string } }>(reply, status).error.message;
    },
    async read(caseNo) {
      return readReply<CaseDetail>(await (await log('commander-01')).get(`/api/cases/${caseNo}`));
    },
    async toDisposal(body, unit = 'huling-squad') {
      const { caseNo } = await driver.report(body);
      await driver.act('intake-01', caseNo, 'accept');
      await driver.act('shift-leader-01', caseNo, 'register');
      await driver.act('dispatcher-01', caseNo, 'dispatch', { unit });
      return driver.act('squad-01', caseNo, 'receive');
    },
  };
  return driver;
}
