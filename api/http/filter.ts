import { XunjieError } from '../../domain/mod.ts';

/** Splits a comma-separated query field into known words; `null` when the field is not there. */
export function parseWords<Word extends string>(
  field: string,
  text: string | undefined,
  known: readonly Word[],
): readonly Word[] | null {
  if (text === undefined || text === '') return null;
  const words = text.split(',');
  const stranger = words.find((word) => !(known as readonly string[]).includes(word));
  if (stranger !== undefined)
    throw new XunjieError('bad_request', `query.${field}: "${stranger}" is not one of ${known.join(', ')}`);
  return words as Word[];
}
