import { XunjieError } from '../../domain/mod.ts';
import type { FieldKeys } from '../../platform/mod.ts';
import type { ConsoleContext } from '../context.ts';

/** Without keys no plate is written and none is read: never in the clear. */
export function requireFieldKeys({ fieldKeys }: Pick<ConsoleContext, 'fieldKeys'>): FieldKeys {
  if (fieldKeys === null)
    throw new XunjieError('secret_unreadable', 'this console has no keys to keep plates under');
  return fieldKeys;
}
