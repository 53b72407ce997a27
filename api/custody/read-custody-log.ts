import { XunjieError } from '../../domain/mod.ts';
import type { Logger } from '../../platform/mod.ts';
import { appendAudit } from '../audit/append-audit.ts';
import type { SignCustody } from '../context.ts';
import { connectDatabase, parseDatabaseUrl } from '../database/connect.ts';
import { toDatabaseError } from '../database/database-error.ts';
import { exportCustody } from './export-custody.ts';

export interface CustodyLogSource {
  readonly databaseUrl: string;
  readonly timeZone: string;
  /** `null`: the export stays unsigned. */
  readonly signCustody: SignCustody | null;
  /** Who takes it away, for the audit log. */
  readonly actor: string;
  readonly logger: Logger;
}

/** The custody log of a case store, line by line, read beside a console that may be running. It is written down that it was taken. */
export async function* readCustodyLog(source: CustodyLogSource): AsyncGenerator<string> {
  const address = parseDatabaseUrl(source.databaseUrl);
  const db = connectDatabase(address, source.logger);
  try {
    await appendAudit(db, {
      atMs: Date.now(),
      actor: source.actor,
      action: 'custody.export',
      objectKind: 'custody',
      objectId: 'log',
      result: 'done',
      ip: null,
    });
    yield* exportCustody({ ...source, db, nowMs: Date.now });
  } catch (error) {
    throw error instanceof XunjieError ? error : toDatabaseError(error, address.place);
  } finally {
    await db.destroy();
  }
}
