import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { Client, type ClientConfig } from 'pg';

const mark = '/* prepared */';
/** "Cached plan must not change result type", "prepared statement does not exist" and "already exists". */
const refusals = ['0A000', '26000', '42P05'];

/**
 * Goes to the front of a statement that is asked again and again in the same words, with parameters that all suit one plan: each connection
 * parses and plans it once (`select.modifyFront(prepared)`, or at the front of raw SQL). Not for lists, whose best plan hangs on what is
 * asked for.
 */
export const prepared = sql.raw(mark);

/**
 * A connection that gives marked statements a name, so that the server keeps their plans. Should it refuse one, because another version has
 * changed a table meanwhile or a pooler stands between that hands connections on, no statement of this process has a name any more.
 */
export class PreparingClient extends Client {
  static #isRefused = false;
  static readonly #names = new Map<string, string>();

  constructor(config?: string | ClientConfig) {
    super(config);
    const ask = this.query.bind(this) as (...asked: unknown[]) => unknown;
    this.query = ((text: unknown, values: unknown, ...rest: unknown[]) => {
      const name = typeof text === 'string' ? PreparingClient.#toName(text) : null;
      if (name === null) return ask(text, values, ...rest);
      const reply = ask({ name, text, values }, ...rest);
      if (reply instanceof Promise) reply.catch((error: unknown) => PreparingClient.#note(error));
      return reply;
    }) as Client['query'];
  }

  static #toName(text: string): string | null {
    if (PreparingClient.#isRefused || !text.slice(0, 40).includes(mark)) return null;
    let name = PreparingClient.#names.get(text);
    if (name === undefined) {
      name = createHash('sha256').update(text).digest('base64url').slice(0, 24);
      PreparingClient.#names.set(text, name);
    }
    return name;
  }

  static #note(error: unknown): void {
    const { code } = error as { readonly code?: string };
    if (code !== undefined && refusals.includes(code)) PreparingClient.#isRefused = true;
  }
}
