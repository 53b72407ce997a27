import type { ConsoleContext } from '../../context.ts';
import type { Row } from '../../database/tables.ts';
import { requireFieldKeys } from '../../plates/require-field-keys.ts';
import { makeWebhookSecret } from '../outgoing/webhook-signature.ts';

type Keys = Pick<ConsoleContext, 'fieldKeys'>;

const toPlace = (id: string): string => `integration:${id}`;

/** A secret as it is stored. */
function sealSecret(context: Keys, id: string, secret: string) {
  const { keyId, bytes } = requireFieldKeys(context).encrypt(secret, toPlace(id));
  return { secret_key_id: keyId, secret: bytes };
}

/** A fresh one or the one given, in the clear for who asked and as it is stored. */
export function makeSecret(context: Keys, id: string, given?: string) {
  const secret = given ?? makeWebhookSecret();
  return { secret, stored: sealSecret(context, id, secret) };
}

/** The secrets that hold now: the current one, and for a day the one before. */
export function openSecrets(
  context: Keys,
  row: Pick<
    Row<'integration'>,
    'id' | 'secret' | 'secret_key_id' | 'old_secret' | 'old_secret_key_id' | 'old_secret_until'
  >,
  nowMs: number,
): string[] {
  const keys = requireFieldKeys(context);
  const secrets = [keys.decrypt({ keyId: row.secret_key_id, bytes: row.secret }, toPlace(row.id))];
  const isOldGood = row.old_secret_until !== null && row.old_secret_until.getTime() > nowMs;
  if (isOldGood && row.old_secret !== null && row.old_secret_key_id !== null)
    secrets.push(keys.decrypt({ keyId: row.old_secret_key_id, bytes: row.old_secret }, toPlace(row.id)));
  return secrets;
}
