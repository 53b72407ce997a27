import { randomInt } from 'node:crypto';
import { XunjieError } from '../../../domain/mod.ts';
import type { FieldKeys } from '../../../platform/mod.ts';
import type { ConsoleContext } from '../../context.ts';
import type { Database, Row } from '../../database/tables.ts';
import { findTotpStep, makeTotpSecret } from './totp.ts';

const recoveryCodes = 10;
const recoveryLetters = 'abcdefghjkmnpqrstuvwxyz23456789';

export type FactorRow = Pick<
  Row<'account'>,
  'id' | 'totp_key_id' | 'totp_secret' | 'totp_confirmed_at' | 'totp_last_step'
>;
type FactorContext = Pick<ConsoleContext, 'fieldKeys' | 'nowMs'>;

/** Writes a new secret down, encrypted, in place of one that was never confirmed. Rejects with `conflict` where one is in use. */
export async function beginFactor(db: Database, context: FactorContext, accountId: string): Promise<string> {
  const secret = makeTotpSecret();
  const { keyId, bytes } = requireKeys(context).encrypt(secret, toPlace(accountId));
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set({ totp_key_id: keyId, totp_secret: bytes, totp_last_step: null })
    .where('id', '=', accountId)
    .where('totp_confirmed_at', 'is', null)
    .executeTakeFirstOrThrow();
  if (numUpdatedRows === 0n)
    throw new XunjieError('conflict', 'a second factor is in use already; remove it first');
  return secret;
}

/** Takes the first code of a new secret, and with it the secret into use. */
export async function confirmFactor(
  db: Database,
  context: FactorContext,
  account: FactorRow,
  code: string,
): Promise<boolean> {
  if (account.totp_secret === null || account.totp_confirmed_at !== null)
    throw new XunjieError('conflict', 'there is no second factor that waits for its first code');
  if (!(await takeTotpCode(db, context, account, code))) return false;
  await db
    .updateTable('account')
    .set({ totp_confirmed_at: new Date(context.nowMs()) })
    .where('id', '=', account.id)
    .execute();
  return true;
}

export async function removeFactor(db: Database, accountId: string): Promise<void> {
  await db
    .updateTable('account')
    .set({ totp_key_id: null, totp_secret: null, totp_confirmed_at: null, totp_last_step: null })
    .where('id', '=', accountId)
    .execute();
  await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
}

/** Replaces all recovery codes; only their keyed hashes are kept. */
export async function makeRecoveryCodes(
  db: Database,
  context: FactorContext,
  accountId: string,
): Promise<string[]> {
  const codes = Array.from({ length: recoveryCodes }, makeRecoveryCode);
  await db.deleteFrom('recovery_code').where('account_id', '=', accountId).execute();
  await db
    .insertInto('recovery_code')
    .values(
      codes.map((code) => ({
        account_id: accountId,
        code_hash: hashRecoveryCode(context, accountId, code),
        used_at: null,
      })),
    )
    .execute();
  return codes;
}

/** Takes a code of the app or a recovery code; each is good once, whoever asks at the same moment. */
export async function takeCode(
  db: Database,
  context: FactorContext,
  account: FactorRow,
  given: string,
): Promise<boolean> {
  const code = given.trim().toLowerCase();
  if (/^\d{6}$/.test(code)) return takeTotpCode(db, context, account, code);
  const { numUpdatedRows } = await db
    .updateTable('recovery_code')
    .set({ used_at: new Date(context.nowMs()) })
    .where('account_id', '=', account.id)
    .where('code_hash', '=', hashRecoveryCode(context, account.id, code))
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

async function takeTotpCode(
  db: Database,
  context: FactorContext,
  account: FactorRow,
  code: string,
): Promise<boolean> {
  const { id, totp_key_id: keyId, totp_secret: bytes } = account;
  if (keyId === null || bytes === null) return false;
  const secret = requireKeys(context).decrypt({ keyId, bytes }, toPlace(id));
  const step = findTotpStep(secret, code, context.nowMs(), account.totp_last_step);
  if (step === null) return false;
  const { numUpdatedRows } = await db
    .updateTable('account')
    .set({ totp_last_step: step })
    .where('id', '=', id)
    .where((where) => where.or([where('totp_last_step', 'is', null), where('totp_last_step', '<', step)]))
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

function makeRecoveryCode(): string {
  const letters = Array.from({ length: 12 }, () => recoveryLetters[randomInt(recoveryLetters.length)]);
  return `${letters.slice(0, 6).join('')}-${letters.slice(6).join('')}`;
}

function hashRecoveryCode(context: FactorContext, accountId: string, code: string): string {
  return requireKeys(context).toBlindIndex(`recovery ${accountId} ${code}`);
}

function toPlace(accountId: string): string {
  return `totp:${accountId}`;
}

function requireKeys({ fieldKeys }: FactorContext): FieldKeys {
  if (fieldKeys === null)
    throw new XunjieError('conflict', 'this console has no field keys: it can keep no second factor');
  return fieldKeys;
}
