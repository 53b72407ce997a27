import { XunjieError } from '../../../domain/mod.ts';

/** Origins as browsers send them, or `*`. Rejects with `bad_config` for anything else, which would never match. */
export function requireOrigins(origins: readonly string[]): readonly string[] {
  const bad = origins.find(
    (origin) => origin !== '*' && !(URL.canParse(origin) && new URL(origin).origin === origin),
  );
  if (bad === undefined) return origins;
  throw new XunjieError(
    'bad_config',
    `OPEN311_ORIGINS: "${bad}" is no origin such as https://data.example.cn, without a path`,
  );
}
